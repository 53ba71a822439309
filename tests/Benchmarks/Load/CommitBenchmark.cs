using System.Diagnostics;
using System.Globalization;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;
using StackExchange.Redis;

namespace Cluster.Benchmarks.Load;

/// <summary>
/// Steps a second of one job on real processes, from its first commit on, on a Redis whose commits take long; each next to the same
/// on one that syncs every write and answers at once. Started by hand: <c>-- commits [seconds [milliseconds]]</c>, the latter for one round trip alone.
/// </summary>
internal static class CommitBenchmark
{
    private static readonly TestClusterOptions Options = new(Workers: 1) { Links = true };
    private static readonly (string Fsync, int RoundTrip)[] Cases = [("everysec", 0), ("always", 50), ("always", 500), ("always", 3000)];

    // 2 floats, 104 examples a step, as the command line's train linear --mode sync does; more steps than there is time for.
    private static readonly TrainingSpec Spec = new() { Mode = TrainingNames.Sync, Lanes = 8, Batch = 13, Epochs = 100_000_000, LearningRate = 0.05f };

    public static async Task RunAsync(string[] arguments)
    {
        var window = TimeSpan.FromSeconds(arguments is [var seconds, ..] ? double.Parse(seconds, CultureInfo.InvariantCulture) : 60);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, load {MachineLoad.Now()}; {window.TotalSeconds} s each"));
        await using var broker = new SharedBroker();
        await using var cluster =
            await TestCluster.CreateAsync(Options, await broker.NewVirtualHostAsync(CancellationToken.None), CancellationToken.None);
        await cluster.StartAsync(CancellationToken.None);
        var only = arguments is [_, var milliseconds] ? milliseconds : null;
        foreach (var (fsync, roundTrip) in Cases.Where(each => only is null || only == each.RoundTrip.ToString(CultureInfo.InvariantCulture)))
        {
            var fast = await MeasureAsync(cluster, "always", 0, window);
            var slow = await MeasureAsync(cluster, fsync, roundTrip, window);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {fsync}, {roundTrip} ms a round trip: {slow / fast:F2} of always, 0 ms"));
        }

        Console.WriteLine($"load at the end {MachineLoad.Now()}");
    }

    private static async Task<double> MeasureAsync(TestCluster cluster, string fsync, int roundTrip, TimeSpan window)
    {
        await using (var redis = await ConnectionMultiplexer.ConnectAsync($"{cluster.Redis.ConnectionString},allowAdmin=true"))
            await redis.GetServers()[0].ConfigSetAsync("appendfsync", fsync);
        cluster.Links!.Redis.Latency = TimeSpan.FromMilliseconds(roundTrip / 2.0);
        var job = await cluster.Client.SubmitAsync(Spec);
        var first = await UntilAsync(cluster, job, j => j.Training is { Commits: > 0 });
        var began = Stopwatch.GetTimestamp();
        var last = await UntilAsync(cluster, job, _ => Stopwatch.GetElapsedTime(began) >= window);
        var rate = (last.Progress.Done - first.Progress.Done) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        var asked = Stopwatch.GetTimestamp();
        await cluster.Client.CancelAsync(job.Id);
        await cluster.Client.WaitAsync(job.Id);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{fsync}, {roundTrip} ms: {rate:N0} steps/s, {last.Training!.Segments - first.Training!.Segments} segments, "
            + $"{last.Training.Commits - first.Training.Commits} commits, cancelled within {Stopwatch.GetElapsedTime(asked).TotalSeconds:F1} s"));
        cluster.Links.Redis.Latency = TimeSpan.Zero;
        return rate;
    }

    private static async Task<JobInfo> UntilAsync(TestCluster cluster, JobInfo job, Func<JobInfo, bool> holds)
    {
        await foreach (var update in cluster.Client.WatchAsync(job.Id))
        {
            if (holds(update.Job)) return update.Job;
        }

        throw new InvalidOperationException($"job {job.Id} ended before it was measured");
    }
}
