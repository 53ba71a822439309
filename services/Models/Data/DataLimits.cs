namespace Cluster.Models.Data;

/// <summary>How much is read of a source at most.</summary>
public record DataLimits
{
    /// <summary>Rows of a chunk, at least 1; fewer where <see cref="DataChunk.MaxBytes"/> does not hold them. Default 16,384.</summary>
    public int ChunkRows { get; init; } = 16_384;

    /// <summary>Most rows, a header aside. Default 100,000,000.</summary>
    public long MaxRows { get; init; } = 100_000_000;

    /// <summary>Most columns, 2 to <see cref="DataSchema.MaxColumns"/>, the default.</summary>
    public int MaxColumns { get; init; } = DataSchema.MaxColumns;

    /// <summary>Most bytes of a file, after it is decompressed. Default 16 GiB.</summary>
    public long MaxBytes { get; init; } = 16L << 30;
}
