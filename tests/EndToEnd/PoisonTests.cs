using System.Diagnostics;
using System.Text.Json;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Processes;

namespace Cluster.EndToEnd;

/// <summary>A team's own computation that goes wrong: its job fails with the cause, the cluster goes on.</summary>
public sealed class PoisonTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private static readonly TestClusterOptions Options = new(Workers: 2)
    {
        TestModels = true,
        WorkerEnvironment = new Dictionary<string, string>
        {
            ["Worker__RangeTimeout"] = "00:00:01",
            // 256 MiB: as .NET sets a limit by itself in a container that has one.
            ["DOTNET_GCHeapHardLimit"] = "0x10000000",
        },
    };

    [Theory(Timeout = TestLimit)]
    [InlineData("throws", "this index is poison")]
    [InlineData("waits", "it was not done after 1 s")]
    [InlineData("allocates", "emory")]
    public async Task Run_IndexThatFailsOnAnyWorker_FailsTheJobWithItsCauseAndOthersGoOn(string does, string error)
    {
        var cluster = await ShareClusterAsync(Options);
        var submitted = Stopwatch.GetTimestamp();
        var job = await SubmitAsync(cluster, does);

        await cluster.Client.WaitAsync(job.Id, cancellationToken: Ct).WaitAsync(Limit, Ct);

        var ended = await cluster.Client.GetJobAsync(job.Id, Ct);
        Say(FormattableString.Invariant($"{does}: failed after {Stopwatch.GetElapsedTime(submitted).TotalSeconds:0.0} s: {ended.Error}"));
        Assert.Equal(JobState.Failed, ended.State);
        Assert.Contains(error, ended.Error, StringComparison.Ordinal);
        Assert.All(cluster.Workers, worker => Assert.True(worker.IsRunning));
        Assert.Equal(13_175_839, (await RunPiAsync(cluster, 1 << 24, 42)).Inside);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Run_IndexThatHangsForGood_EndsItsWorkerWhichGoesOnWhenItIsStartedAgain()
    {
        var cluster = await ShareClusterAsync(Options);
        var job = await SubmitAsync(cluster, "hangs");

        // Whichever worker has it: the one that does not end by itself has not had it yet.
        await Task.WhenAny(cluster.Workers.Select(worker => worker.UntilEndedAsync(Limit, Ct)));
        await cluster.Client.CancelAsync(job.Id, "seen enough", Ct);

        foreach (var worker in cluster.Workers)
        {
            if (await HasEndedAsync(worker)) await worker.StartAsync(Ct);
        }

        await cluster.UntilWholeAsync(Ct);
        Assert.Equal(13_175_839, (await RunPiAsync(cluster, 1 << 24, 42)).Inside);
    }

    // The other one may have had it too, and be about to end.
    private static async Task<bool> HasEndedAsync(ServiceProcess worker)
    {
        if (!worker.IsRunning) return true;
        try
        {
            await worker.UntilEndedAsync(TimeSpan.FromSeconds(4), Ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static Task<JobInfo> SubmitAsync(TestCluster cluster, string does) => cluster.Client.SubmitAsync(
        new ComputationSpec { Name = "poison", Arguments = JsonSerializer.SerializeToElement(new { does, at = 137 }), IndexCount = 1000, GrainSize = 10 }, cancellationToken: Ct);
}
