namespace Cluster.Models.Data;

/// <summary>A data set in memory: chunks of equal size, the last one may be shorter.</summary>
public sealed class DataSet
{
    private readonly DataChunk[] _chunks;
    private readonly int _chunkRows;

    /// <param name="schema">Names of the columns.</param>
    /// <param name="chunks">All chunks in order, at least one.</param>
    /// <exception cref="DataFormatException">A chunk is missing, out of order, of another size or of another number of features.</exception>
    public DataSet(DataSchema schema, IEnumerable<DataChunk> chunks)
    {
        _chunks = [.. chunks];
        if (_chunks.Length == 0)
            throw new DataFormatException("the data set has no rows");
        Schema = schema;
        _chunkRows = _chunks[0].Rows;
        for (var i = 0; i < _chunks.Length; i++)
            Check(i);
    }

    public DataSchema Schema { get; }

    /// <summary>Number of examples, at least 1.</summary>
    public long Rows { get; private set; }

    public int FeatureCount => Schema.Features.Count;

    public IReadOnlyList<DataChunk> Chunks => _chunks;

    /// <summary>The features of a row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is outside [0, <see cref="Rows"/>).</exception>
    public ReadOnlySpan<float> Features(long row)
    {
        var (chunk, index) = Locate(row);
        return chunk.Features.Slice(index * FeatureCount, FeatureCount);
    }

    /// <summary>The label of a row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is outside [0, <see cref="Rows"/>).</exception>
    public float Label(long row)
    {
        var (chunk, index) = Locate(row);
        return chunk.Labels[index];
    }

    private (DataChunk Chunk, int Index) Locate(long row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        var (chunk, index) = Math.DivRem(row, _chunkRows);
        return (_chunks[chunk], (int)index);
    }

    private void Check(int index)
    {
        var chunk = _chunks[index];
        if (chunk.FeatureCount != FeatureCount)
            throw new DataFormatException($"chunk {index} has {chunk.FeatureCount} features, the data set {FeatureCount}");
        if (chunk.FirstRow != Rows)
            throw new DataFormatException($"chunk {index} begins at row {chunk.FirstRow}, expected was row {Rows}");
        if (chunk.Rows > _chunkRows || (chunk.Rows < _chunkRows && index < _chunks.Length - 1))
            throw new DataFormatException($"chunk {index} has {chunk.Rows} rows, the first one {_chunkRows}");
        Rows += chunk.Rows;
    }
}
