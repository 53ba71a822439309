using System.Globalization;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>A worker that gets a tenth of the time that others get, from the beginning to the end of a job.</summary>
public sealed class SlowWorkerTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Epochs = 10;
    private static readonly TimeSpan Standing = TimeSpan.FromMilliseconds(450);
    private static readonly TimeSpan Running = TimeSpan.FromMilliseconds(50);

    [Fact(Timeout = TestLimit)]
    public async Task Train_OneSlowWorker_ItsBlocksAreStolenAndTheBitsStay()
    {
        var cluster = await StartClusterAsync(new TestClusterOptions(Workers: 3) { ParameterStores = 2, TestModels = true });
        await UploadPacedAsync(cluster);
        var spec = Counting(TrainingNames.Sync, Epochs);
        // The first one is compiled code's.
        await TrainAsync(cluster, spec with { Epochs = Epochs / 4 });
        var slow = cluster.Workers[2];
        await slow.StopAsync(Ct);
        var without = await TrainAsync(cluster, spec);
        await slow.StartAsync(Ct);
        await cluster.UntilWholeAsync(Ct);

        using var stop = new CancellationTokenSource();
        var slowing = SlowDownAsync(slow, stop.Token);
        var job = await EndAsync(cluster, await cluster.Client.SubmitAsync(spec, cancellationToken: Ct));
        await stop.CancelAsync();
        await slowing;

        AssertCounted(spec, job);
        Assert.True(job.Training!.Steals > 0);
        var with = TrainedModel.FromJob(job);
        Assert.Equal(without.Fingerprint, with.Fingerprint);
        Say(string.Create(CultureInfo.InvariantCulture,
            $"{with.Elapsed.TotalSeconds:0.00} s with a worker at a tenth of its speed, {without.Elapsed.TotalSeconds:0.00} s without it: "
            + $"{with.Elapsed / without.Elapsed:0.00} times; {job.Training.Steals} blocks stolen"));
    }

    private static async Task SlowDownAsync(ServiceProcess worker, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            worker.Suspend();
            await Task.Delay(Standing, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            worker.Resume();
            await Task.Delay(Running, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
