using System.Diagnostics;
using Cluster.Client.Jobs;
using Cluster.Compute.Computations;
using Cluster.Contracts.Jobs;
using Cluster.Storage.Jobs;
using Cluster.Support.Processes;
using StackExchange.Redis;

namespace Cluster.EndToEnd;

/// <summary>A fault in the middle of one and the same job, whose count must be exact whatever happens to it.</summary>
public abstract class FaultTest(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    // Several seconds of two cores: the fault must find the job between its first and its last part.
    private const long Points = 6_000_000_000;
    private const ulong Seed = 7;
    private const long PointsPerGrain = PiSpec.GrainBlocks * PiComputation.PointsPerBlock;
    private const double Early = 0.1;
    private const double Late = 0.8;

    private protected static long Inside => PiOracle.ByKernel(Points, Seed);

    /// <summary>Submits the job and returns when more than a tenth of it is done.</summary>
    private protected static async Task<JobInfo> RunToTheMiddleAsync(TestCluster cluster)
    {
        var job = await cluster.Client.SubmitAsync(new PiSpec { Points = Points, Seed = Seed }, cancellationToken: Ct);
        await UntilAsync(cluster, job, "a tenth is done", progress => progress.Fraction > Early);
        return job;
    }

    /// <summary>The job's progress now; fails when the job is not in its middle.</summary>
    private protected static async Task<JobProgress> AssertUnderWayAsync(TestCluster cluster, JobInfo job)
    {
        var progress = (await cluster.Client.GetJobAsync(job.Id, Ct)).Progress;
        Assert.Equal(JobState.Running, progress.State);
        Assert.InRange(progress.Fraction, Early, Late);
        return progress;
    }

    private protected static Task<JobProgress> UntilAsync(TestCluster cluster, JobInfo job, string what, Func<JobProgress, bool> holds)
        => Poll.UntilAsync(what, async () => (await cluster.Client.GetJobAsync(job.Id, Ct)).Progress, holds, Limit, Ct);

    /// <summary>
    /// Returns when the job has got past everything that was handed out before the call: items were cut, sent, computed
    /// and recorded since.
    /// </summary>
    private protected static async Task<JobProgress> UntilNewItemsAreDoneAsync(TestCluster cluster, JobInfo job)
    {
        await using var redis = await cluster.ConnectRedisAsync();
        var cut = await GrainsAsync(redis, job, $"{JobKeys.CutField}0");
        Assert.InRange(cut * PointsPerGrain, 1, (long)(Late * Points));
        await Poll.UntilAsync($"more than {cut} grains are done", () => GrainsAsync(redis, job, "done"), done => done > cut, Limit, Ct);
        return (await cluster.Client.GetJobAsync(job.Id, Ct)).Progress;
    }

    private static async Task<long> GrainsAsync(IConnectionMultiplexer redis, JobInfo job, string field)
        => (long)await redis.GetDatabase().HashGetAsync(JobKeys.Record(job.Id), field);

    /// <summary>Notes how long the cluster took to recover.</summary>
    private protected static void SayRecovery(string fault, long since, JobProgress then)
        => Say(FormattableString.Invariant($"{fault}: recovered after {Stopwatch.GetElapsedTime(since).TotalSeconds:0.00} s; {then}"));
}
