namespace Cluster.Compute.Computations;

/// <summary>Computes a range of grains on the threads of one slot.</summary>
public static class RangeComputer
{
    /// <summary>
    /// The partial results of the nodes of <see cref="GrainTree.Decompose"/>, concatenated in order: what
    /// <see cref="GrainFold.Add"/> takes. The same bytes for any number of cores.
    /// </summary>
    /// <param name="computation">What to compute.</param>
    /// <param name="space">The cut into grains.</param>
    /// <param name="range">The grains, at least one.</param>
    /// <param name="cores">Threads that compute, the caller's included; at least 1.</param>
    /// <param name="cancellationToken">Looked at before each grain and handed to the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A range outside the space, or fewer than 1 core.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is returned.</exception>
    public static byte[] Compute(
        IBoundComputation computation, GrainSpace space, GrainRange range, int cores, CancellationToken cancellationToken)
    {
        space.ThrowIfOutside(range);
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);

        var threads = (int)Math.Min(cores, range.To - range.From);
        using var run = new RangeRun(computation, space, range, cancellationToken);
        run.Execute(threads);
        return run.Payload();
    }
}
