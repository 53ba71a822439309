using Cluster.Contracts.Checkpoints.V1;
using Cluster.Contracts.Jobs;
using Cluster.Storage.Checkpoints;
using Cluster.Storage.Snapshots;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Coordinator.Checkpoints;

/// <summary>Checkpoints as clients see them.</summary>
internal sealed class CheckpointView(RedisCheckpoints checkpoints, CheckpointReader reader, TimeProvider time)
{
    /// <summary>Largest state whose fingerprint a list computes; of larger ones it is computed for who asks for one.</summary>
    private const long MaxListedBytes = 64L << 20;

    /// <summary>For a list.</summary>
    public Task<Checkpoint> ListedAsync(StoredCheckpoint stored, CancellationToken cancellationToken) =>
        DescribeAsync(stored, stored.Bytes <= MaxListedBytes, cancellationToken);

    /// <summary>One by itself.</summary>
    public Task<Checkpoint> DescribeAsync(StoredCheckpoint stored, CancellationToken cancellationToken) => DescribeAsync(stored, true, cancellationToken);

    /// <summary>With its fingerprint, computed where it is not known.</summary>
    /// <exception cref="SnapshotUnreadableException">It is gone or damaged.</exception>
    public async Task<StoredCheckpoint> WithFingerprintAsync(StoredCheckpoint stored, CancellationToken cancellationToken)
    {
        if (stored.Fingerprint.Length > 0) return stored;
        var fingerprint = await reader.FingerprintAsync(stored, cancellationToken);
        await checkpoints.NoteFingerprintAsync(stored, fingerprint);
        return stored with { Fingerprint = fingerprint };
    }

    private async Task<Checkpoint> DescribeAsync(StoredCheckpoint stored, bool withFingerprint, CancellationToken cancellationToken)
    {
        if (withFingerprint)
        {
            try
            {
                stored = await WithFingerprintAsync(stored, cancellationToken);
            }
            catch (SnapshotUnreadableException)
            {
                // Superseded while it was read.
            }
        }

        var left = await checkpoints.TimeToLiveAsync(stored);
        return new Checkpoint
        {
            Id = stored.Id,
            Origin = stored.IsNamed ? stored.Origin : stored.Owner,
            IsNamed = stored.IsNamed,
            Clock = stored.State.Clock,
            Epochs = stored.Epochs,
            Examples = stored.State.Examples,
            CommittedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(stored.State.Time)),
            ExpiresAt = left is { } rest ? Timestamp.FromDateTimeOffset(time.GetUtcNow() + rest) : null,
            Bytes = stored.Bytes,
            Fingerprint = stored.Fingerprint,
            SpecJson = System.Text.Json.JsonSerializer.Serialize(stored.Plan.Spec, SpecJson.Options),
            Features = { stored.Plan.FeatureNames },
            Slots = stored.Plan.Slots,
            Metrics = { stored.Metrics.ToDictionary() },
            IsBest = stored.IsBest,
        };
    }
}
