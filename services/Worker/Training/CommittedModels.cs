using System.Runtime.InteropServices;
using Cluster.Models.Parameters;
using Cluster.Protocol.Commits;
using Cluster.Storage.Snapshots;

namespace Cluster.Worker.Training;

/// <summary>Parameters of a commit.</summary>
/// <param name="Values">In the order of the plan's tensors.</param>
/// <param name="Fingerprint">Their SHA-256 in the order of the model itself.</param>
internal sealed record CommittedModel(float[] Values, string Fingerprint);

/// <summary>Reads commits from Redis; the newest stay, since an evaluation comes in several items.</summary>
internal sealed class CommittedModels(SnapshotReader snapshots)
{
    private const long MaxBytes = 256L << 20;

    private readonly LoadingCache<CommittedModel> _models = new(MaxBytes, model => (long)model.Values.Length * sizeof(float));

    /// <exception cref="SnapshotUnreadableException">A snapshot is gone or damaged.</exception>
    public Task<CommittedModel> GetAsync(string jobId, TrainingInputs context, CommitManifest manifest, CancellationToken cancellationToken) =>
        _models.GetAsync($"{jobId} {manifest.Generation} {manifest.Clock}", () => ReadAsync(context, manifest), cancellationToken);

    private async Task<CommittedModel> ReadAsync(TrainingInputs context, CommitManifest manifest)
    {
        var plan = context.Plan;
        var parameters = new float[plan.Parameters];
        for (var task = 0; task < plan.Stores; task++)
        {
            var first = plan.Offsets[task];
            await snapshots.ReadAsync(manifest.Snapshots[task], plan.Length(task), plan.Slots, (vector, offset, part) =>
            {
                if (vector == 0) MemoryMarshal.Cast<byte, float>(part.Span).CopyTo(parameters.AsSpan(first + offset));
                return Task.FromResult(true);
            }, CancellationToken.None);
        }

        return new CommittedModel(parameters, ParameterFingerprint.Of(PartitionedModel.InOwnOrder(context.Model, parameters)));
    }
}
