using System.Text.Json;
using Cluster.Compute.Computations;

namespace Cluster.Compute.Tests.Computations;

public sealed class RangeComputerTests
{
    private static readonly GrainSpace Space = new(10_000, 3);

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void Compute_MoreCores_GivesTheSameBytes(int cores)
    {
        var sum = new OrderedSum().Bind(Json.Parse("11"));
        var range = new GrainRange(5, 3001);

        var one = RangeComputer.Compute(sum, Space, range, 1, TestContext.Current.CancellationToken);
        var several = RangeComputer.Compute(sum, Space, range, cores, TestContext.Current.CancellationToken);

        Assert.Equal(one, several);
        Assert.Equal(GrainTree.Decompose(range).Count * sizeof(float), one.Length);
    }

    [Fact]
    public void Compute_TwoCores_HasTwoGrainsUnderWayAtOnce()
    {
        using var bothInside = new Barrier(2);
        var meeting = new Probe((_, token) =>
        {
            if (!bothInside.SignalAndWait(TimeSpan.FromSeconds(30), token))
                throw new TimeoutException("The other grain did not start.");
        });

        RangeComputer.Compute(meeting, Space, new GrainRange(0, 2), 2, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Compute_GrainThrows_ThrowsItAndStops(int cores)
    {
        var computed = 0;
        var poisoned = new Probe((range, _) =>
        {
            Interlocked.Increment(ref computed);
            if (range.From == 30)
                throw new InvalidDataException("grain 10");
        });

        var error = Assert.Throws<InvalidDataException>(() => RangeComputer.Compute(
            poisoned, new GrainSpace(30_000_000, 3), new GrainRange(0, 10_000_000), cores,
            TestContext.Current.CancellationToken));

        Assert.Equal("grain 10", error.Message);
        Assert.True(computed < 10_000_000, $"{computed} grains were computed after the failure.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Compute_CancelledUnderWay_StopsBeforeTheNextGrain(int cores)
    {
        using var cancellation = new CancellationTokenSource();
        var computed = 0;
        var cancelling = new Probe((_, _) =>
        {
            Interlocked.Increment(ref computed);
            cancellation.Cancel();
        });

        Assert.Throws<OperationCanceledException>(
            () => RangeComputer.Compute(cancelling, Space, new GrainRange(0, 3000), cores, cancellation.Token));

        Assert.InRange(computed, 1, cores);
    }

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(5, 5)]
    [InlineData(0, 3335)]
    public void Compute_RangeOutsideTheSpace_NamesTheLimit(long from, long to)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => RangeComputer.Compute(
            new Probe((_, _) => { }), Space, new GrainRange(from, to), 1, TestContext.Current.CancellationToken));

        Assert.Contains("To <= 3334", error.Message, StringComparison.Ordinal);
        Assert.Contains($"[{from}, {to})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_NoCore_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RangeComputer.Compute(
            new Probe((_, _) => { }), Space, new GrainRange(0, 1), 0, TestContext.Current.CancellationToken));

    [Fact]
    public void Add_OneGrainHeldBack_KeepsFewNodesWaiting()
    {
        var range = new GrainRange(1, 100_000);
        var nodes = new NodeMerger(new Probe((_, _) => { }));
        var most = 0;

        for (var grain = range.From + 1; grain < range.To; grain++)
        {
            nodes.Add(new GrainNode(0, grain), new byte[1]);
            most = Math.Max(most, nodes.Count);
        }

        nodes.Add(new GrainNode(0, range.From), new byte[1]);
        Assert.InRange(most, 1, 2 * 17);
        Assert.Equal(GrainTree.Decompose(range).Count, nodes.Count);
    }

    /// <summary>A computation of one-byte partials that runs the test's code in each grain.</summary>
    private sealed class Probe(Action<IndexRange, CancellationToken> compute) : IBoundComputation
    {
        public int PartialSize => 1;

        public void Compute(IndexRange range, Span<byte> partial, CancellationToken cancellationToken) =>
            compute(range, cancellationToken);

        public void Merge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> merged)
        {
        }

        public JsonElement Result(ReadOnlySpan<byte> total, GrainSpace space) => default;
    }
}
