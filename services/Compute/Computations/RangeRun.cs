using System.Runtime.ExceptionServices;

namespace Cluster.Compute.Computations;

/// <summary>
/// One range under way. Threads of its own take the next grains until none is left: a pool thread that computes for
/// a second would keep leases and streams waiting.
/// </summary>
internal abstract class RangeRun(
    IBoundComputation computation, GrainSpace space, GrainRange range, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _stop =
        CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    private readonly NodeMerger _nodes = new(computation);
    private long _next = range.From;
    private ExceptionDispatchInfo? _failure;

    protected IBoundComputation Computation => computation;

    protected GrainSpace Space => space;

    /// <summary>Cancelled by the caller, or by the first thread that fails.</summary>
    protected CancellationToken Stop => _stop.Token;

    public void Execute(int threads)
    {
        var others = new Thread[threads - 1];
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(Guard) { IsBackground = true, Name = $"grains {i + 1}" };
            others[i].Start();
        }

        Guard();
        foreach (var thread in others)
            thread.Join();

        cancellationToken.ThrowIfCancellationRequested();
        _failure?.Throw();
    }

    /// <summary>The partial results of the range's nodes, in order.</summary>
    public byte[] Payload()
    {
        var nodes = GrainTree.Decompose(range);
        var payload = new byte[nodes.Count * computation.PartialSize];
        for (var i = 0; i < nodes.Count; i++)
            _nodes[nodes[i]].CopyTo(payload, i * computation.PartialSize);
        return payload;
    }

    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What each thread does: takes grains until none is left.</summary>
    protected abstract void ComputeGrains();

    /// <summary>Takes the next grains, at most <paramref name="count"/>.</summary>
    /// <returns>False where none is left.</returns>
    protected bool TryTake(long count, out GrainRange grains)
    {
        var from = Interlocked.Add(ref _next, count) - count;
        grains = new GrainRange(from, from + Math.Min(count, range.To - from));
        return from < range.To;
    }

    protected void Add(long grain, byte[] partial) => _nodes.Add(new GrainNode(0, grain), partial);

    private void Guard()
    {
        try
        {
            ComputeGrains();
        }
#pragma warning disable CA1031 // The first failure is thrown to the caller, from whichever thread it came.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
            _stop.Cancel();
        }
    }
}

/// <summary>Grain by grain on the threads of one slot.</summary>
internal sealed class CoreRangeRun(
    IBoundComputation computation, GrainSpace space, GrainRange range, CancellationToken cancellationToken)
    : RangeRun(computation, space, range, cancellationToken)
{
    protected override void ComputeGrains()
    {
        while (TryTake(1, out var grains))
        {
            Stop.ThrowIfCancellationRequested();
            var partial = new byte[Computation.PartialSize];
            Computation.Compute(Space.Grain(grains.From), partial, Stop);
            Add(grains.From, partial);
        }
    }
}
