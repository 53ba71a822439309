using System.Globalization;
using Cluster.Protocol.Segments;
using Cluster.Storage.Jobs;

namespace Cluster.Storage.Snapshots;

/// <summary>
/// Keys of snapshots in Redis, on the shard of their job. They are written once, with a time to live; the coordinator's
/// flip checks that all are there and persists them.
/// <code>
/// cluster:job:{ID}:snapshot:TASK:GENERATION:INCARNATION:CLOCK       string  head, JSON, written last:
///                         clock, examples, length (floats), slots, chunks (of each vector), sha256 (of all chunks in order)
/// cluster:job:{ID}:snapshot:TASK:GENERATION:INCARNATION:CLOCK:V:I   string  chunk I of vector V: float32 little-endian,
///                         8 MiB but for the last; vector 0 holds the parameters, vector 1 the slot
/// </code>
/// </summary>
public static class SnapshotKeys
{
    /// <summary>Bytes of every chunk but a vector's last.</summary>
    public const int ChunkBytes = 8 << 20;

    public static string Head(SnapshotKey key)
    {
        return string.Create(CultureInfo.InvariantCulture,
            $"{JobKeys.Record(key.Job)}:snapshot:{key.Task}:{key.Generation}:{key.Incarnation:x16}:{key.Clock}");
    }

    public static string Chunk(SnapshotKey key, int vector, int chunk) => string.Create(CultureInfo.InvariantCulture, $"{Head(key)}:{vector}:{chunk}");

    /// <summary>Chunks of a vector of this many floats.</summary>
    public static int Chunks(int length) => (int)(((long)length * sizeof(float) + ChunkBytes - 1) / ChunkBytes);
}
