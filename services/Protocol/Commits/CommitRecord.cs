using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Commits;

/// <summary>What the store holds of a training job, read at one instant.</summary>
/// <param name="Generation">The current generation; <see cref="Generation.None"/> before the first.</param>
/// <param name="Incarnations">The ps processes that it names, by index.</param>
/// <param name="Manifest">The committed state; null while that is the initial one.</param>
public sealed record CommitRecord(Generation Generation, IReadOnlyList<ulong> Incarnations, CommitManifest? Manifest)
{
    /// <summary>The clock of the manifest, once it was decided that the job ends with it; null while it goes on.</summary>
    public long? End { get; init; }

    public static CommitRecord New { get; } = new(Generation.None, [], null);
}
