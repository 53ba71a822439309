using System.Globalization;
using Cluster.Benchmarks.Exchange;
using Cluster.Contracts.Jobs;
using Cluster.Support.Servers;

namespace Cluster.Benchmarks.Load;

/// <summary>What the cluster bears: many items, jobs, watchers; messages at their limits; a large model. Started by hand:
/// <c>-- load [crowd] [limits] [model] [adam]</c>.</summary>
internal static class LoadBenchmark
{
    private const int LargeModel = 100_000_000;

    private static readonly CrowdLoad Crowd = new(Jobs: 50, Queued: 10, Parts: 1_024, Watchers: 200);

    public static async Task RunAsync(string[] parts)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, load {MachineLoad.Now()}"));
        if (IsAsked(parts, "crowd")) Write(await Crowd.RunAsync(CancellationToken.None));
        if (IsAsked(parts, "limits")) await new LimitsLoad(ListedJobs: 1_000).RunAsync(Console.Out, CancellationToken.None);
        if (IsAsked(parts, "model")) await RunModelAsync(TrainingNames.Sgd);
        // In a process of its own, or what is left of the other one counts too.
        if (parts.Contains("adam")) await RunModelAsync(TrainingNames.Adam);
        Console.WriteLine($"load at the end {MachineLoad.Now()}");
    }

    private static bool IsAsked(string[] parts, string part) => parts.Length == 0 || parts.Contains(part);

    private static void Write(CrowdResult result)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Crowd.Jobs} jobs at once, {result.Items:N0} items, {Crowd.Watchers} watchers: all accepted in {result.Submitting.TotalSeconds:F1} s, all "
            + $"ended in {result.Running.TotalSeconds:F1} s; "
            + $"{result.Updates:N0} updates; at most {result.MostOutstanding} items of a job out at once; heap {result.HeapBefore / 1e6:F0} MB before, "
            + $"{result.HeapAfter / 1e6:F0} MB after; {result.Wrong.Count} wrong"));
        foreach (var wrong in result.Wrong) Console.WriteLine($"  {wrong}");
    }

    private static async Task RunModelAsync(string optimizer)
    {
        if (RedisServerProcess.FindExecutable() is null)
        {
            Console.WriteLine("model: skipped: redis-server is not installed");
            return;
        }

        await using var store = await BenchmarkStore.StartAsync();
        await ModelMemory.RunAsync(store, LargeModel, optimizer);
    }
}
