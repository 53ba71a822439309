using Cluster.Compute.Computations;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Jobs;
using CsCheck;

namespace Cluster.Coordinator.Tests.Computations;

public sealed class RangeBookTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public void Recorded_Twice_CountsOnce()
    {
        var book = new RangeBook(10, Patience);
        book.Add([new GrainRange(0, 4), new GrainRange(4, 10)]);
        Assert.True(book.Recorded(new GrainRange(0, 4)));
        Assert.False(book.Recorded(new GrainRange(0, 4)));
        Assert.Equal((4, 1, 1, false), (book.Done, book.RangesDone, book.OutstandingCount, book.IsComplete));

        Assert.True(book.Recorded(new GrainRange(4, 10)));
        Assert.Equal((10, 2, 0, true), (book.Done, book.RangesDone, book.OutstandingCount, book.IsComplete));
    }

    [Fact]
    public void Recorded_RangeOfAnotherCut_IsUnknown()
    {
        var book = new RangeBook(10, Patience);
        book.Add([new GrainRange(0, 4)]);
        Assert.False(book.Recorded(new GrainRange(0, 5)));
        Assert.False(book.Recorded(new GrainRange(4, 5)));
        Assert.Equal(1, book.OutstandingCount);
    }

    [Fact]
    public void Load_RedisForgotTheLastCut_FollowsRedis()
    {
        var book = new RangeBook(100, Patience);
        book.Add([new GrainRange(0, 10), new GrainRange(10, 30)]);
        book.Load(TestJobs.Running("j") with { Cut = 10, Done = 0 }, [new GrainRange(0, 10)]);
        Assert.Equal((10, 90, 1), (book.Cut, book.Remaining, book.OutstandingCount));
    }

    [Fact]
    public void Load_KnownRange_KeepsThatItIsPublished()
    {
        var book = new RangeBook(100, Patience);
        book.Add([new GrainRange(0, 10), new GrainRange(10, 20)]);
        foreach (var range in book.Outstanding) range.Published(1);
        book.Load(TestJobs.Running("j") with { Cut = 30 }, [new GrainRange(0, 10), new GrainRange(10, 15), new GrainRange(20, 30)]);

        Assert.Equal([true, false, false], book.Outstanding.OrderBy(o => o.Range.From).Select(o => o.IsPublished));
    }

    [Fact]
    public void Book_AnyOrderOfRecordsAndReadings_EndsCompleteWithEveryGrainOnce()
        => Gen.Select(Gen.Int[1, 20].Array[1, 30], Gen.Int[0, 1000].Array[100]).Sample((sizes, choices) =>
        {
            var grains = sizes.Sum(s => (long)s);
            var book = new RangeBook(grains, Patience);
            var (open, cut, done, recorded, choice) = (new List<GrainRange>(), 0L, 0L, 0L, 0);
            var next = 0;
            while (next < sizes.Length || open.Count > 0)
            {
                var pick = choices[choice++ % choices.Length];
                if (next < sizes.Length && (open.Count == 0 || pick % 3 == 0))
                {
                    open.Add(new GrainRange(cut, cut + sizes[next]));
                    cut += sizes[next++];
                    book.Add([open[^1]]);
                }
                else
                {
                    var range = open[pick % open.Count];
                    open.Remove(range);
                    (done, recorded) = (done + range.To - range.From, recorded + 1);
                    // Every other event is lost; the next reading makes up for it.
                    if (pick % 2 == 0) book.Recorded(range);
                    else book.Load(TestJobs.Running("j") with { Cut = cut, Done = done, Ranges = recorded }, open);
                }

                Assert.Equal((cut, done, recorded, open.Count), (book.Cut, book.Done, book.RangesDone, book.OutstandingCount));
            }

            Assert.True(book.IsComplete);
            Assert.Equal(grains, book.Done);
        }, iter: 300);
}

internal static class TestJobs
{
    public static JobRecord Running(string id) => new()
    {
        Id = id,
        Kind = "pi",
        State = JobState.Running,
        Spec = """{"points":1000,"seed":42}""",
        Generation = new(1, 2),
        Submitted = DateTimeOffset.UnixEpoch,
    };
}
