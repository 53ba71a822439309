using System.Globalization;
using Cluster.Support.Servers;

namespace Cluster.Benchmarks.Exchange;

/// <summary>The figures that training is judged by; all sides run in this process and share its cores.</summary>
internal static class ExchangeBenchmark
{
    private static readonly StepBenchmark[] Steps =
    [
        new(2, IsAsync: true, Workers: 1, Prototypes.OneAsynchronous),
        new(2, IsAsync: true, Workers: 2, Prototypes.None),
        new(2, IsAsync: true, Workers: 8, Prototypes.EightAsynchronous),
        new(2, IsAsync: false, Workers: 1, Prototypes.NullStep),
        new(2, IsAsync: false, Workers: 2, Prototypes.NullStep),
        new(1 << 10, IsAsync: false, Workers: 1, Prototypes.None),
        new(1 << 16, IsAsync: false, Workers: 1, Prototypes.None),
        new(1 << 20, IsAsync: false, Workers: 1, Prototypes.OneMebiFloats),
    ];

    /// <summary>Runs the parts that are named, all where none is.</summary>
    public static async Task RunAsync(string[] parts)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, load {MachineLoad.Now()}"));
        if (IsAsked(parts, "steps")) await OnStoreAsync("Steps: from a worker's push to the parameters after it", RunStepsAsync);
        if (IsAsked(parts, "snapshots")) await OnStoreAsync("A snapshot of 16 MiB behind the steps of a model of 4 Mi floats", SnapshotBenchmark.RunAsync);
        if (IsAsked(parts, "training")) await RunTrainingAsync();
        Console.WriteLine($"\nload at the end {MachineLoad.Now()}");
    }

    private static bool IsAsked(string[] parts, string part) => parts.Length == 0 || parts.Contains(part);

    private static async Task OnStoreAsync(string title, Func<BenchmarkStore, Task> runAsync)
    {
        Console.WriteLine($"\n{title}");
        if (RedisServerProcess.FindExecutable() is null)
        {
            Console.WriteLine("skipped: redis-server is not installed");
            return;
        }

        await using var store = await BenchmarkStore.StartAsync();
        await runAsync(store);
    }

    private static async Task RunStepsAsync(BenchmarkStore store)
    {
        foreach (var benchmark in Steps)
            await benchmark.RunAsync(store);
    }

    private static async Task RunTrainingAsync()
    {
        Console.WriteLine("\nTraining of the example on an embedded cluster with 1 ps task");
        await TrainingBenchmark.RunAsync(workers: 1);
        await TrainingBenchmark.RunAsync(workers: 3);
    }
}
