using System.Text.Json;
using Cluster.Contracts.Checkpoints.V1;

namespace Cluster.Client.Checkpoints;

internal static class CheckpointMapping
{
    public static CheckpointInfo ToInfo(this Checkpoint message)
    {
        using var spec = JsonDocument.Parse(message.SpecJson);
        return new CheckpointInfo
        {
            Id = message.Id,
            Origin = message.Origin,
            IsNamed = message.IsNamed,
            Clock = message.Clock,
            Epochs = message.Epochs,
            Examples = message.Examples,
            CommittedAt = message.CommittedAt.ToDateTimeOffset(),
            ExpiresAt = message.ExpiresAt?.ToDateTimeOffset(),
            Bytes = message.Bytes,
            Fingerprint = message.Fingerprint,
            Spec = spec.RootElement.Clone(),
            Features = [.. message.Features],
            Metrics = new Dictionary<string, double>(message.Metrics),
            IsBest = message.IsBest,
            Slots = message.Slots,
        };
    }
}
