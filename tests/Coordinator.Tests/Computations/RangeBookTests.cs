using Cluster.Compute.Computations;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Placements;
using Cluster.Storage.Jobs;
using CsCheck;

namespace Cluster.Coordinator.Tests.Computations;

public sealed class RangeBookTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly PlacementKey Anywhere = new("work-cpu", DeviceSpec.Parse("/cpu:*"));

    [Fact]
    public void Recorded_Twice_CountsOnce()
    {
        var book = new RangeBook(Whole(10), Patience);
        book.Add(Whole(0)[0], Anywhere, [new GrainRange(0, 4), new GrainRange(4, 10)]);
        Assert.True(book.Recorded(new GrainRange(0, 4)));
        Assert.False(book.Recorded(new GrainRange(0, 4)));
        Assert.Equal((4, 1, 1, false), (book.Done, book.RangesDone, book.OutstandingCount, book.IsComplete));

        Assert.True(book.Recorded(new GrainRange(4, 10)));
        Assert.Equal((10, 2, 0, true), (book.Done, book.RangesDone, book.OutstandingCount, book.IsComplete));
    }

    [Fact]
    public void Recorded_RangeOfAnotherCut_IsUnknown()
    {
        var book = new RangeBook(Whole(10), Patience);
        book.Add(Whole(0)[0], Anywhere, [new GrainRange(0, 4)]);
        Assert.False(book.Recorded(new GrainRange(0, 5)));
        Assert.False(book.Recorded(new GrainRange(4, 5)));
        Assert.Equal(1, book.OutstandingCount);
    }

    [Fact]
    public void Load_RedisForgotTheLastCut_FollowsRedis()
    {
        var book = new RangeBook(Whole(100), Patience);
        book.Add(Whole(0)[0], Anywhere, [new GrainRange(0, 10), new GrainRange(10, 30)]);
        book.Load(TestJobs.Running("j") with { Cuts = CutTo(10), Done = 0 }, [new GrainRange(0, 10)]);
        Assert.Equal((10, 90, 1), (book.Cut(Whole(100)[0]), book.Remaining(Whole(100)[0]), book.OutstandingCount));
    }

    [Fact]
    public void Load_KnownRange_KeepsThatItIsPublished()
    {
        var book = new RangeBook(Whole(100), Patience);
        book.Add(Whole(0)[0], Anywhere, [new GrainRange(0, 10), new GrainRange(10, 20)]);
        foreach (var range in book.Outstanding) range.Published(1);
        book.Load(TestJobs.Running("j") with { Cuts = CutTo(30) }, [new GrainRange(0, 10), new GrainRange(10, 15), new GrainRange(20, 30)]);

        Assert.Equal([true, false, false], book.Outstanding.OrderBy(o => o.Range.From).Select(o => o.IsPublished));
    }

    [Fact]
    public void Book_AnyOrderOfRecordsAndReadings_EndsCompleteWithEveryGrainOnce()
        => Gen.Select(Gen.Int[1, 20].Array[1, 30], Gen.Int[0, 1000].Array[100]).Sample((sizes, choices) =>
        {
            var grains = sizes.Sum(s => (long)s);
            var book = new RangeBook(Whole(grains), Patience);
            var (open, cut, done, recorded, choice) = (new List<GrainRange>(), 0L, 0L, 0L, 0);
            var next = 0;
            while (next < sizes.Length || open.Count > 0)
            {
                var pick = choices[choice++ % choices.Length];
                if (next < sizes.Length && (open.Count == 0 || pick % 3 == 0))
                {
                    open.Add(new GrainRange(cut, cut + sizes[next]));
                    cut += sizes[next++];
                    book.Add(Whole(0)[0], Anywhere, [open[^1]]);
                }
                else
                {
                    var range = open[pick % open.Count];
                    open.Remove(range);
                    (done, recorded) = (done + range.To - range.From, recorded + 1);
                    // Every other event is lost; the next reading makes up for it.
                    if (pick % 2 == 0) book.Recorded(range);
                    else book.Load(TestJobs.Running("j") with { Cuts = CutTo(cut), Done = done, Ranges = recorded }, open);
                }

                Assert.Equal((cut, done, recorded, open.Count), (book.Cut(Whole(grains)[0]), book.Done, book.RangesDone, book.OutstandingCount));
            }

            Assert.True(book.IsComplete);
            Assert.Equal(grains, book.Done);
        }, iter: 300);

    [Fact]
    public void Wanted_PartsOnSeveralDevices_AreTheDevicesOfWhatIsNotDone()
    {
        var (gpu, cpu) = (DeviceSpec.Parse("/gpu:0"), DeviceSpec.Parse("/cpu:0"));
        PlacedGrains[] parts = [new(0, 0, 10, gpu), new(1, 10, 20, cpu)];
        var book = new RangeBook(parts, Patience);
        Assert.Equal([gpu, cpu], book.Wanted().OrderByDescending(d => d.Type));

        book.Load(TestJobs.Running("j") with { Cuts = new Dictionary<int, long> { [0] = 10 }, Done = 10 }, [new GrainRange(12, 20)]);
        Assert.Equal((10, 10, 0, 10), (book.Cut(parts[0]), book.Cut(parts[1]), book.Remaining(parts[0]), book.Remaining(parts[1])));
        Assert.Equal([cpu], book.Wanted());
        Assert.Equal(cpu, Assert.Single(book.Outstanding).Device);
    }

    private static PlacedGrains[] Whole(long grains) => [new PlacedGrains(0, 0, grains, DeviceSpec.Any)];

    private static Dictionary<int, long> CutTo(long grain) => new() { [0] = grain };
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
