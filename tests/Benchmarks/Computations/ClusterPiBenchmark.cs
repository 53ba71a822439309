using System.Diagnostics;
using System.Globalization;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Compute.Computations;
using Cluster.Compute.Pi;
using Cluster.Contracts.Jobs;
using Cluster.Standalone.Embedded;

namespace Cluster.Benchmarks.Computations;

/// <summary>
/// What of the bare kernel's rate a whole job keeps: 10¹⁰ points on the cluster that runs here, or on an embedded one of two
/// workers with a core each where none does, beside the same points by plain threads.
/// </summary>
internal static class ClusterPiBenchmark
{
    private const int Workers = 2;
    private const ulong Seed = 42;
    private const long DefaultPoints = 10_000_000_000;

    /// <param name="arguments">Points and rounds; 10¹⁰ and 5 where they are not given.</param>
    public static async Task RunAsync(string[] arguments)
    {
        var points = arguments.Length > 0 ? (long)double.Parse(arguments[0], CultureInfo.InvariantCulture) : DefaultPoints;
        var rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 5;
        await using var running = Find();
        await using var embedded = running is null
            ? await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Workers = Workers }, CancellationToken.None)
            : null;
        await using var cluster = running ?? ClusterClient.Connect(embedded!.Connection);
        var threads = await CountCoresAsync(cluster, embedded is not null);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{points:N0} points, {threads} cores, {(embedded is null ? $"cluster at {cluster.Address}" : $"embedded cluster of {Workers} workers")}, load "
            + $"{MachineLoad.Now()}"));
        // The first job compiles what the second one runs.
        await cluster.RunPiAsync(new PiSpec { Points = points / 10, Seed = Seed });
        for (var round = 0; round < rounds; round++) await CompareAsync(cluster, points, threads);
        Console.WriteLine($"load at the end {MachineLoad.Now()}");
    }

    private static async Task CompareAsync(ClusterClient cluster, long points, int threads)
    {
        var (inside, bare) = Bare(points, threads);
        var started = Stopwatch.GetTimestamp();
        var job = await cluster.RunPiAsync(new PiSpec { Points = points, Seed = Seed });
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (job.Inside != (long)inside) throw new InvalidOperationException($"the job counted {job.Inside} points inside, the kernel {inside}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"kernel {points / bare / 1e6,8:N0} M points/s in {bare:F2} s | job {points / seconds / 1e6,8:N0} M points/s in {seconds:F2} s, submission and "
            + $"result included | {bare / seconds:P1}"));
    }

    private static (ulong Inside, double Seconds) Bare(long points, int threads)
    {
        var blocks = points / PiComputation.PointsPerBlock;
        ulong inside = 0;
        var started = Stopwatch.GetTimestamp();
        Thread[] all = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
            Interlocked.Add(ref inside, PhiloxPiKernel.CountInside(blocks * i / threads, blocks * (i + 1) / threads, Seed))))];
        foreach (var thread in all) thread.Start();
        foreach (var thread in all) thread.Join();
        return (inside, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static async Task<int> CountCoresAsync(ClusterClient cluster, bool isEmbedded)
    {
        if (isEmbedded) return Workers * Math.Max(1, Environment.ProcessorCount / Workers);
        var tasks = await cluster.ListTasksAsync();
        return Math.Min(Environment.ProcessorCount, tasks.Count(task => task.JobName == "worker"));
    }

    private static ClusterClient? Find()
    {
        try
        {
            return ClusterClient.Connect();
        }
        catch (ClusterNotFoundException)
        {
            return null;
        }
    }
}
