using Cluster.Compute.Computations;
using Cluster.Protocol.Messages;
using Cluster.Storage.Ranges;

namespace Cluster.Worker.Ranges;

/// <summary>Folds the recorded ranges of a job, along the fixed tree of grains, into its result.</summary>
internal sealed class RangeMerger(ComputationCatalog catalog, RedisRangeResults results)
{
    /// <summary>False when the job is no longer running.</summary>
    /// <exception cref="ComputationFailedException">The computation threw, or a range is missing or of another size.</exception>
    public async Task<bool> MergeAsync(MergeRanges item, CancellationToken cancellationToken)
    {
        // A message can outlive its job, and the results of an ended one are gone.
        if (await results.ReadAllAsync(item, cancellationToken) is not { } ranges) return false;
        var total = await ComputationFailedException.GuardAsync(() => Fold(item, ranges), cancellationToken);
        return await results.RecordTotalAsync(item, total, cancellationToken);
    }

    private string Fold(MergeRanges item, IReadOnlyList<(GrainRange Range, byte[] Payload)> ranges)
    {
        var computation = catalog.Bind(item.Computation, item.Arguments);
        var space = new GrainSpace(item.IndexCount, item.GrainSize);
        var fold = new GrainFold(computation, space);
        foreach (var (range, payload) in ranges) fold.Add(range, payload);
        return computation.Result(fold.Total(), space).GetRawText();
    }
}
