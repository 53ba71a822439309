using Cluster.Compute.Computations;
using Cluster.Contracts.Messages;

namespace Cluster.Worker.Ranges;

/// <summary>Folds the recorded ranges of a job, along the fixed tree of grains, into its result.</summary>
internal sealed class RangeMerger(ComputationCatalog catalog, RedisRangeResults results)
{
    /// <summary>False when the job is no longer running.</summary>
    /// <exception cref="ArgumentException">A range is missing or of another size than the computation's.</exception>
    public async Task<bool> MergeAsync(MergeRanges item, CancellationToken cancellationToken)
    {
        var computation = catalog.Bind(item.Computation, item.Arguments);
        var space = new GrainSpace(item.IndexCount, item.GrainSize);
        var fold = new GrainFold(computation, space);
        foreach (var (range, payload) in await results.ReadAllAsync(item.JobId, cancellationToken)) fold.Add(range, payload);
        return await results.RecordTotalAsync(item, computation.Result(fold.Total(), space).GetRawText(), cancellationToken);
    }
}
