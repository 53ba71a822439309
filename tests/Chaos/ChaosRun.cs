using Cluster.Chaos.Checks;
using Cluster.Chaos.Faults;
using Cluster.Chaos.Jobs;
using Cluster.EndToEnd.Training;
using Cluster.Support.Processes;
using Cluster.Support.Servers;
using Cluster.TestModels;
using StackExchange.Redis;

namespace Cluster.Chaos;

/// <summary>One run: a cluster of processes, a mix of jobs, a schedule of faults, and what must hold afterwards.</summary>
internal sealed class ChaosRun(int seed, TimeSpan duration, string logs, ChaosReport report)
{
    private const int Workers = 3;
    private const int Stores = 2;
    private const int FaultyRow = 17;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(5);

    /// <returns>Whether everything held.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var faults = Schedule.Draw(seed, duration, Workers, Stores);
        report.Say($"seed {seed}: {faults.Count} faults in {duration.TotalSeconds:0} s; load {EndChecks.LoadAverage()}; logs in {logs}");
        using var watch = new LogWatch(logs, report.Violate);
        await using (var broker = await RabbitMqServerProcess.StartAsync(cancellationToken: cancellationToken))
        {
            var redis = await RedisServerProcess.StartAsync(cancellationToken: cancellationToken);
            await using var cluster = new TestCluster(Options(watch), redis, await broker.AddVirtualHostAsync("chaos", cancellationToken));
            await cluster.StartAsync(cancellationToken);
            await UploadAsync(cluster, Trainings.Data, Trainings.Label, _ => 1, cancellationToken);
            await UploadAsync(cluster, EndedEarly.Throwing, EndedEarly.Label, FaultOf(FaultyModel.Throws), cancellationToken);
            await UploadAsync(cluster, EndedEarly.NotANumber, EndedEarly.Label, FaultOf(FaultyModel.IsNotANumber), cancellationToken);
            report.Say($"{cluster.Processes.Count()} processes run");
            await DisturbAsync(cluster, broker, faults, cancellationToken);
        }

        foreach (var left in Leftovers.Find())
            report.Violate($"{left} is a process that was left behind");
        report.Say($"{watch.Errors} lines of level error in the logs; load {EndChecks.LoadAverage()}");
        return report.Violations.Count == 0;
    }

    private static TestClusterOptions Options(LogWatch watch) => new(Workers)
    {
        ParameterStores = Stores,
        TestModels = true,
        Links = true,
        Output = watch.Write,
        CoordinatorEnvironment = new Dictionary<string, string>
        {
            ["Coordinator__SegmentDuration"] = "00:00:00.3",
            ["Coordinator__LongestSegment"] = "00:00:00.3",
            ["Coordinator__LaneGrace"] = "00:00:01",
            ["Coordinator__RangePatience"] = "00:00:03",
        },
    };

    private static Task UploadAsync(TestCluster cluster, string id, string label, Func<int, float> labelOf, CancellationToken cancellationToken)
        => cluster.UploadAsync(id, label, TestData.Csv(["id", label], Trainings.Rows, row => [row, labelOf(row)]), cancellationToken);

    private static Func<int, float> FaultOf(float fault) => row => row == FaultyRow ? fault : 0;

    private IReadOnlyList<Func<MixedJob>> Streams() =>
    [
        new Trainings(new Random(seed + 1)).Next,
        new Computations(new Random(seed + 2)).Next,
        new EndedEarly(new Random(seed + 3)).Next,
    ];

    private async Task DisturbAsync(TestCluster cluster, RabbitMqServerProcess broker, IReadOnlyList<Fault> faults, CancellationToken cancellationToken)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{cluster.Redis.ConnectionString},abortConnect=false,connectRetry=10");
        var check = new RedisCheck(redis, report.Violate);
        var mix = new JobMix(cluster.Client, $"chaos-{seed}", Streams(), report.Say, report.Violate);
        var runner = new FaultRunner(cluster, broker, check.CountRunningAsync, report.Say);
        using var stop = new CancellationTokenSource();
        await using var memory = new MemoryWatch(cluster);
        memory.Start();
        var jobs = mix.RunAsync(stop.Token, cancellationToken);
        await using (var copies = new MessageCopies(new Uri(cluster.Messaging), seed))
        {
            copies.Start();
            await runner.RunAsync(faults, cancellationToken);
            await copies.UntilSentAsync(cancellationToken);
            report.Say($"copies of messages: {string.Join(", ", copies.Sent.Select(sent => $"{sent.Key} {sent.Value}"))}");
        }

        await stop.CancelAsync();
        await cluster.UntilWholeAsync(cancellationToken);
        await jobs.WaitAsync(DrainLimit, cancellationToken);
        await memory.DisposeAsync();
        var end = new EndChecks(cluster, check, report);
        end.Faults(runner, mix.Ended);
        end.Memory(memory.Trends(), duration);
        await end.JobsAsync(mix);
        await end.QueuesAsync(cancellationToken);
        await end.StopAsync(cancellationToken);
    }
}
