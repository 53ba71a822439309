using CsCheck;

namespace Cluster.Protocol.Tests.Timing;

/// <summary>Where the loop of segment length, commit latency and rate settles, whatever commits take.</summary>
public sealed class SlowCommitTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    private static readonly Gen<TimeSpan> Steps = Gen.Select(Gen.Int[0, 3], Gen.Double[1, 10])
        .Select((magnitude, digits) => TimeSpan.FromMilliseconds(Math.Pow(10, magnitude - 1) * digits * 5));
    private static readonly Gen<TimeSpan> Pauses = Gen.Double[0, 0.3].Select(TimeSpan.FromSeconds);

    /// <summary>From the first commit on a job goes on as fast as where commits take no time, and its segments keep their length.</summary>
    [Fact]
    public void Run_ConstantCommitLatency_IsAsFastAsWithoutAndSettles() =>
        Gen.Select(Steps, Pauses, Gen.Double[0, Longest.TotalSeconds]).Sample(
            (step, pause, latency) =>
            {
                var slow = new TimedJob(step, pause, () => TimeSpan.FromSeconds(latency));

                var clocks = ClocksAfter(commits: 1, slow);

                Assert.True(clocks >= 0.9 * ClocksAfter(commits: 1, new TimedJob(step, pause, () => TimeSpan.Zero)),
                    $"{clocks} clocks of {step} with {latency} s, {pause}");
                long[] last = [.. slow.Lengths.SkipLast(1).TakeLast(4)];
                Assert.True(last.Max() - last.Min() <= Math.Max(1, 0.1 * last.Max()), $"lengths {string.Join(' ', slow.Lengths)} with {latency} s");
            },
            iter: 60);

    [Fact]
    public void Run_RandomCommitLatency_IsAsFastAsWithoutAfterWarmUp() =>
        Gen.Select(Steps, Pauses, Gen.Double[0, 1].Array[2000], Gen.Double[1, Longest.TotalSeconds]).Sample(
            (step, pause, draws, bound) =>
            {
                var next = 0;
                var slow = new TimedJob(step, pause, () => TimeSpan.FromSeconds(draws[next++ % draws.Length] * bound));

                var clocks = ClocksAfter(commits: 8, slow);

                Assert.True(clocks >= 0.9 * ClocksAfter(commits: 8, new TimedJob(step, pause, () => TimeSpan.Zero)),
                    $"{clocks} clocks of {step} below {bound} s, {pause}");
            },
            iter: 40);

    /// <summary>Segments do not grow beyond what may be done again, however slow commits are.</summary>
    [Fact]
    public void Run_CommitsThatTakeAMinute_KeepSegmentsWithinTheLimit()
    {
        var job = new TimedJob(TimeSpan.FromMilliseconds(10), TimeSpan.Zero, () => TimeSpan.FromMinutes(1));

        job.RunFor(TimeSpan.FromMinutes(10));

        Assert.Equal(3000, job.Lengths.Max());
    }

    /// <summary>A worker that joins, a job that wants its share and an end that is asked for do not wait for the end of a long segment.</summary>
    [Theory]
    [InlineData("worker", 5)]
    [InlineData("worker", 500)]
    [InlineData("rival", 5)]
    [InlineData("rival", 500)]
    [InlineData("end", 5)]
    [InlineData("end", 500)]
    public void Run_SomebodyWaits_EndsTheOpenSegmentWithinTwoSecondsAndOneStep(string who, int stepMilliseconds)
    {
        var step = TimeSpan.FromMilliseconds(stepMilliseconds);
        var job = new TimedJob(step, TimeSpan.Zero, () => Longest);
        job.RunFor(TimeSpan.FromMinutes(3));
        var from = job.Segment.From;
        while (job.Segment.From == from)
            job.RunFor(TimeSpan.FromMilliseconds(20));
        job.RunFor(TimeSpan.FromSeconds(2));
        (from, var segments, var began) = (job.Segment.From, job.Lengths.Count, job.Now);
        Assert.True((job.Segment.To - job.Clock) * step > TimeSpan.FromSeconds(10));

        job.Slots = who == "worker" ? 2 : 1;
        job.Rivals = who == "rival" ? 1 : 0;
        job.IsEnding = who == "end";
        while (job.Clock < job.Segment.To)
            job.RunFor(TimeSpan.FromMilliseconds(20));

        Assert.Equal((from, segments), (job.Segment.From, job.Lengths.Count));
        Assert.True(job.Now - began <= TimeSpan.FromSeconds(2) + step, $"{job.Now - began}");
    }

    private static long ClocksAfter(int commits, TimedJob job)
    {
        while (job.Commits < commits)
            job.RunFor(TimeSpan.FromMilliseconds(100));
        var from = job.Clock;
        job.RunFor(Window);
        return job.Clock - from;
    }
}
