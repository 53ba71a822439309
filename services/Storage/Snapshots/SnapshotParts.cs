using Cluster.Protocol.Plans;
using Cluster.Protocol.Segments;
using StackExchange.Redis;

namespace Cluster.Storage.Snapshots;

/// <summary>Every key of a snapshot: its head and its chunks.</summary>
internal static class SnapshotParts
{
    public static IEnumerable<RedisKey> Of(SnapshotKey key, TrainingPlan plan)
    {
        yield return SnapshotKeys.Head(key);
        for (var vector = 0; vector <= plan.Slots; vector++)
        {
            for (var chunk = 0; chunk < SnapshotKeys.Chunks(plan.Length(key.Task)); chunk++)
                yield return SnapshotKeys.Chunk(key, vector, chunk);
        }
    }
}
