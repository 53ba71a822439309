using System.Diagnostics;
using Cluster.Client.Jobs;
using Cluster.Compute.Pi;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Training;
using Cluster.Support.Processes;
using Cluster.Support.Servers;

namespace Cluster.EndToEnd;

/// <summary>A RabbitMQ that takes no messages, of its own: an alarm blocks all its virtual hosts.</summary>
public sealed class BrokerAlarmTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const long Inside = 13_175_839;
    private const int Epochs = 14;
    private const int MostUnderWay = 10;

    private static readonly PiSpec Pi = new() { Points = 16_777_216, Seed = 42 };

    private static readonly TestClusterOptions Options = new(Workers: 2)
    {
        TestModels = true,
        CoordinatorEnvironment = new Dictionary<string, string> { ["Coordinator__SegmentDuration"] = "00:00:00.3" },
    };

    /// <summary>Low on memory, then low on disk.</summary>
    [Fact(Timeout = 2 * TestLimit)]
    public async Task Alarm_WhileAJobRuns_JobsSaySoAndGoOnWhenItIsOver()
    {
        var server = Own(await RabbitMqServerProcess.StartAsync(cancellationToken: Ct));
        var cluster = await StartClusterAsync(Options, server);
        await UploadPacedAsync(cluster);
        foreach (var alarm in (string[])["memory", "disk"])
            await AssertGoesOnAsync(cluster, server, alarm);
    }

    private static async Task AssertGoesOnAsync(TestCluster cluster, RabbitMqServerProcess server, string alarm)
    {
        var spec = Counting(TrainingNames.Sync, Epochs);
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        await UntilAsync(cluster, job, "a part is committed", j => j.Training is { CommittedClock: > 0 });

        await SetAsync(server, alarm, isOn: true);
        var raised = Stopwatch.GetTimestamp();
        await UntilAsync(cluster, job, "the job says what it waits for", Waits);
        Say($"{alarm}: named after {Stopwatch.GetElapsedTime(raised).TotalSeconds:0.0} s");
        var later = await cluster.Client.SubmitAsync(Pi, cancellationToken: Ct);
        var before = cluster.Processes.ToDictionary(process => process.Instance, process => process.Log.Count());
        // Long enough for calls to run into their time limits, which is what would be logged.
        await Task.Delay(TimeSpan.FromSeconds(15), Ct);
        Assert.True(Waits(await cluster.Client.GetJobAsync(later.Id, Ct)));
        AssertQuiet(cluster, before);

        await SetAsync(server, alarm, isOn: false);
        AssertCounted(spec, await EndAsync(cluster, job));
        await AssertInsideAsync(cluster, later, Inside);
    }

    private static bool Waits(JobInfo job) => job.Progress.WaitingFor.StartsWith("RabbitMQ, which takes no messages (low on", StringComparison.Ordinal);

    private static Task SetAsync(RabbitMqServerProcess server, string alarm, bool isOn) => alarm == "memory"
        ? server.SetMemoryLimitAsync(isOn ? 0.0000001 : 0.4, Ct)
        : server.SetDiskLimitAsync(isOn ? 1L << 50 : 64_000_000, Ct);

    private static void AssertQuiet(TestCluster cluster, Dictionary<string, int> before)
    {
        var fresh = cluster.Processes.SelectMany(process => process.Log.Skip(before[process.Instance]).Select(line => $"{process.Instance}  {line}")).ToList();
        var warnings = fresh.Where(line => line.Contains(" warn: ", StringComparison.Ordinal) || line.Contains(" fail: ", StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(warnings, line => line.Contains("Exception", StringComparison.Ordinal));
        // Of each item that was under way: the coordinator could not be told.
        Assert.InRange(warnings.Count, 0, MostUnderWay);
    }
}
