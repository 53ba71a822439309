using Cluster.Contracts.Data;
using Cluster.Models.Data;

namespace Cluster.Storage.Data;

/// <summary>What a data set consists of.</summary>
/// <param name="Label">Name of the label.</param>
/// <param name="Features">Names of the features in order.</param>
/// <param name="Rows">Examples, at least 1.</param>
/// <param name="ChunkRows">Rows of every chunk but the last.</param>
/// <param name="Fingerprint">See <see cref="DataFingerprint"/>.</param>
public sealed record DataSetRecord(string Label, IReadOnlyList<string> Features, long Rows, int ChunkRows, string Fingerprint)
{
    /// <summary>The name under which it is kept until it is removed; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>The key of the load that made it; null for none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Where it came from.</summary>
    public string Source { get; init; } = "";

    /// <summary>When it was added.</summary>
    public DateTimeOffset Added { get; init; }

    /// <summary>How workers read the rows, where these are not in Redis; null where they are.</summary>
    public SharedRows? Shared { get; init; }

    /// <summary>Chunks in Redis.</summary>
    public long Chunks => Shared is null ? ((Rows - 1) / ChunkRows) + 1 : 0;

    public DataSchema Schema => new(Features, Label);
}

/// <summary>Rows that stayed where they are.</summary>
/// <param name="Import">How they are read.</param>
/// <param name="Bytes">Bytes of the files when the data set was added; 0 for rows that are computed.</param>
public sealed record SharedRows(DataImport Import, long Bytes);
