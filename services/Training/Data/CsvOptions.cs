namespace Cluster.Training.Data;

/// <summary>What to read of a CSV file, and how much at most.</summary>
public sealed record CsvOptions
{
    /// <summary>Name of the label's column; all other columns are features.</summary>
    public required string Label { get; init; }

    /// <summary>Rows of a chunk, at least 1; fewer where <see cref="DataChunk.MaxBytes"/> does not hold them. Default 16,384.</summary>
    public int ChunkRows { get; init; } = 16_384;

    /// <summary>Most rows, the header aside. Default 100,000,000.</summary>
    public long MaxRows { get; init; } = 100_000_000;

    /// <summary>Most columns, 2 to <see cref="DataSchema.MaxColumns"/>, the default.</summary>
    public int MaxColumns { get; init; } = DataSchema.MaxColumns;

    /// <summary>Most bytes of the file. Default 16 GiB.</summary>
    public long MaxBytes { get; init; } = 16L << 30;
}
