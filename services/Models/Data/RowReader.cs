namespace Cluster.Models.Data;

/// <summary>A source of rows as a stream of chunks, in memory for one chunk and one row.</summary>
/// <remarks>For one thread. What cannot be used is a <see cref="DataFormatException"/> that names the place.</remarks>
public abstract class RowReader : IDisposable
{
    private const int FirstRows = 64;

    private readonly DataLimits _limits;
    private readonly List<IDisposable> _owned = [];

    /// <exception cref="ArgumentOutOfRangeException">A limit is outside its range.</exception>
    protected RowReader(DataLimits limits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.ChunkRows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limits.MaxColumns, DataSchema.MaxColumns);
        _limits = limits;
    }

    /// <summary>Names of the columns.</summary>
    public abstract DataSchema Schema { get; }

    /// <summary>Rows that the source says it has, before they are read; null where it does not say.</summary>
    public virtual long? DeclaredRows => null;

    /// <summary>Number of the row read last, as its source counts rows.</summary>
    protected abstract long Row { get; }

    /// <summary>What is said of a source without rows.</summary>
    protected virtual string NoRows => "the file has no rows";

    /// <summary>The rows in chunks of equal size, the last one may be shorter. To be called once.</summary>
    /// <exception cref="DataFormatException">There is no row, a value that is no finite number, or too much.</exception>
    public IEnumerable<DataChunk> ReadChunks(CancellationToken cancellationToken = default)
    {
        var chunkRows = Math.Min(_limits.ChunkRows, DataChunk.MaxRows(Schema.Features.Count));
        long rows = 0;
        while (ReadChunk(rows, chunkRows, cancellationToken) is { } chunk)
        {
            rows += chunk.Rows;
            yield return chunk;
            if (chunk.Rows < chunkRows)
                break;
        }

        if (rows == 0)
            throw new DataFormatException(NoRows);
    }

    /// <summary>The whole source as a data set.</summary>
    /// <exception cref="DataFormatException">It cannot be used.</exception>
    public DataSet ReadAll(CancellationToken cancellationToken = default) => new(Schema, ReadChunks(cancellationToken));

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False behind the last one.</returns>
    protected abstract bool Next(CancellationToken cancellationToken);

    /// <summary>Reads the row.</summary>
    /// <param name="features">Receives its features; zeros before.</param>
    /// <returns>Its label.</returns>
    protected abstract float Read(Span<float> features);

    /// <summary>Hands over what is to be disposed of with the reader.</summary>
    internal RowReader Own(params ReadOnlySpan<IDisposable> owned)
    {
        _owned.AddRange(owned);
        return this;
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _owned.ForEach(owned => owned.Dispose());
    }

    // Room is made as rows come, so that what a source declares takes no memory.
    private DataChunk? ReadChunk(long firstRow, int chunkRows, CancellationToken cancellationToken)
    {
        var width = Schema.Features.Count;
        var labels = new float[Math.Min(chunkRows, FirstRows)];
        var features = new float[labels.Length * width];
        var count = 0;
        for (; count < chunkRows && Next(cancellationToken); count++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (firstRow + count == _limits.MaxRows)
                throw new DataFormatException($"row {Row}: the file has more than {_limits.MaxRows} rows");
            if (count == labels.Length)
            {
                Array.Resize(ref labels, Math.Min(chunkRows, 2 * count));
                Array.Resize(ref features, labels.Length * width);
            }

            labels[count] = Read(features.AsSpan(count * width, width));
        }

        if (count == 0)
            return null;
        Array.Resize(ref labels, count);
        Array.Resize(ref features, count * width);
        return new DataChunk(firstRow, width, features, labels);
    }
}
