using System.Runtime.ExceptionServices;

namespace Cluster.Compute.Computations;

/// <summary>
/// One range under way. Threads of its own take the next grain until none is left: a pool thread that computes for
/// a second would keep leases and streams waiting.
/// </summary>
internal sealed class RangeRun(
    IBoundComputation computation, GrainSpace space, GrainRange range, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _stop =
        CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    private readonly NodeMerger _nodes = new(computation);
    private long _next = range.From;
    private ExceptionDispatchInfo? _failure;

    public void Execute(int threads)
    {
        var others = new Thread[threads - 1];
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(ComputeGrains) { IsBackground = true, Name = $"grains {i + 1}" };
            others[i].Start();
        }

        ComputeGrains();
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

    public void Dispose() => _stop.Dispose();

    private void ComputeGrains()
    {
        try
        {
            for (long grain; (grain = Interlocked.Increment(ref _next) - 1) < range.To;)
            {
                _stop.Token.ThrowIfCancellationRequested();
                var partial = new byte[computation.PartialSize];
                computation.Compute(space.Grain(grain), partial, _stop.Token);
                _nodes.Add(new GrainNode(0, grain), partial);
            }
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
