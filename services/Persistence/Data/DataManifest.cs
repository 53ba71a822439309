using Cluster.Training.Data;

namespace Cluster.Persistence.Data;

/// <summary>What a stored data set consists of.</summary>
/// <param name="Label">Name of the label.</param>
/// <param name="Features">Names of the features in order.</param>
/// <param name="Rows">Examples, at least 1.</param>
/// <param name="ChunkRows">Rows of every chunk but the last.</param>
/// <param name="Fingerprint">See <see cref="DataFingerprint"/>.</param>
public sealed record DataManifest(string Label, IReadOnlyList<string> Features, long Rows, int ChunkRows, string Fingerprint)
{
    public long Chunks => ((Rows - 1) / ChunkRows) + 1;

    public DataSchema Schema => new(Features, Label);
}
