using System.Diagnostics;
using System.Globalization;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;
using StackExchange.Redis;

namespace Cluster.EndToEnd.Training;

/// <summary>Training on a Redis whose commits take long: it syncs once a second, or each round trip to it takes a while.</summary>
/// <remarks>How fast that is, <c>Benchmarks -- commits</c> says.</remarks>
public sealed class SlowCommitTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Epochs = 30;

    // Shorter than elsewhere: a segment is to hold many clocks.
    private const int Milliseconds = 2;

    // Of a segment on average. Where the wait for commits goes into its length, it has one or two.
    private const int LeastClocks = 20;

    private static readonly TestClusterOptions Options = new(Workers: 2) { ParameterStores = 2, TestModels = true, Links = true };

    private TestCluster? _slow;

    public override async ValueTask DisposeAsync()
    {
        if (_slow is not null) await SetAsync(_slow, "always", roundTripMilliseconds: 0);
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory(Timeout = TestLimit)]
    [InlineData("everysec", 0)]
    [InlineData("always", 50)]
    [InlineData("always", 500)]
    public async Task Train_SlowCommits_KeepsItsSegmentsLongAndItsBits(string fsync, int roundTripMilliseconds)
    {
        var cluster = await StartSlowAsync(fsync, roundTripMilliseconds);
        var spec = Counting(TrainingNames.Sync, Epochs);

        var began = Stopwatch.GetTimestamp();
        var ended = await EndAsync(cluster, await cluster.Client.SubmitAsync(spec, cancellationToken: Ct));

        AssertCounted(spec, ended);
        var (steps, training) = (TrainedModel.FromJob(ended).Steps, ended.Training!);
        Say(string.Create(CultureInfo.InvariantCulture,
            $"{fsync}, {roundTripMilliseconds} ms: {steps} steps in {training.Segments} segments, {training.Commits} commits, "
            + $"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
        Assert.InRange(training.Segments, 1, steps / LeastClocks);
        Assert.Equal(training.Segments, training.Commits);
        Assert.Equal(1, training.Generations);
    }

    /// <summary>What is decided at clocks of the spec is decided there, however slow Redis is.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Train_SlowRoundTripsWithEvaluationsAndCheckpoints_HasThemAtTheirClocks()
    {
        var cluster = await StartSlowAsync("everysec", roundTripMilliseconds: 100);
        var spec = Counting(TrainingNames.Sync, epochs: 20) with { EvaluateEpochs = 10, CheckpointEveryEpochs = 5, KeepCheckpoints = 8 };

        var ended = await EndAsync(cluster, await cluster.Client.SubmitAsync(spec, cancellationToken: Ct));

        AssertCounted(spec, ended);
        var perEpoch = TrainedModel.FromJob(ended).Steps / spec.Epochs;
        Assert.Equal(20 * perEpoch, ended.Training!.LastEvaluation!.Clock);
        var checkpoints = await cluster.Client.ListCheckpointsAsync(ended.Id, Ct);
        Assert.Equal([5 * perEpoch, 10 * perEpoch, 15 * perEpoch, 20 * perEpoch], checkpoints.Select(checkpoint => checkpoint.Clock).Order());
    }

    /// <summary>Its segments take many seconds; what they hold is committed within a few round trips and not at their end.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Cancel_SlowRoundTrips_CommitsWhatThereIsWithoutWaitingForTheSegment()
    {
        var cluster = await StartSlowAsync("everysec", roundTripMilliseconds: 100);
        var job = await cluster.Client.SubmitAsync(Counting(TrainingNames.Sync, epochs: 5000), cancellationToken: Ct);
        var before = await UntilAsync(cluster, job, "segments are long", j => j.Training is { Commits: >= 3 });

        var asked = Stopwatch.GetTimestamp();
        await cluster.Client.CancelAsync(job.Id, cancellationToken: Ct);
        var ended = await EndAsync(cluster, job);

        Say(string.Create(CultureInfo.InvariantCulture,
            $"cancelled within {Stopwatch.GetElapsedTime(asked).TotalSeconds:0.0} s, {ended.Training!.CommittedClock} clocks "
            + $"after {before.Training!.CommittedClock}"));
        Assert.Equal(JobState.Cancelled, ended.State);
        Assert.True(ended.Training.CommittedClock >= before.Training.CommittedClock);
    }

    private async Task<TestCluster> StartSlowAsync(string fsync, int roundTripMilliseconds)
    {
        _slow = await ShareClusterAsync(Options);
        await UploadAsync(_slow, Paced, Pace, PacedRows, _ => Milliseconds);
        await SetAsync(_slow, fsync, roundTripMilliseconds);
        return _slow;
    }

    private static async Task SetAsync(TestCluster cluster, string fsync, int roundTripMilliseconds)
    {
        cluster.Links!.Redis.Latency = TimeSpan.FromMilliseconds(roundTripMilliseconds / 2.0);
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{cluster.Redis.ConnectionString},allowAdmin=true");
        await redis.GetServers()[0].ConfigSetAsync("appendfsync", fsync);
    }
}
