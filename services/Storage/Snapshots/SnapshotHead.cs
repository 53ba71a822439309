namespace Cluster.Storage.Snapshots;

/// <summary>What a snapshot consists of, under its head's key.</summary>
/// <param name="Clock">Clock of all lanes.</param>
/// <param name="Examples">Examples contributed up to that clock.</param>
/// <param name="Length">Floats of a vector.</param>
/// <param name="Slots">Vectors beside the parameters.</param>
/// <param name="Chunks">Chunks of each vector.</param>
/// <param name="Sha256">Of all chunks in order, lower-case hexadecimal.</param>
public sealed record SnapshotHead(long Clock, long Examples, int Length, int Slots, int Chunks, string Sha256)
{
    /// <summary>The pieces of a snapshot in the order in which they are written, read and hashed.</summary>
    internal static IEnumerable<(int Vector, int Chunk, Range Part)> Parts(int length, int slots)
    {
        const int floats = SnapshotKeys.ChunkBytes / sizeof(float);
        for (var vector = 0; vector <= slots; vector++)
        {
            for (var chunk = 0; chunk < SnapshotKeys.Chunks(length); chunk++)
                yield return (vector, chunk, (chunk * floats)..(int)Math.Min(length, (chunk + 1L) * floats));
        }
    }
}
