using System.Runtime.CompilerServices;
using Cluster.Models.Data;
using Cluster.Storage.Sources;

namespace Cluster.Storage.Data;

/// <summary>Reads the rows of a data set where they stayed.</summary>
internal static class SharedChunks
{
    /// <summary>The chunks, which are refused where the source is not what it was when the data set was added.</summary>
    /// <exception cref="DataFormatException">The source has changed, or cannot be opened any more.</exception>
    public static async IAsyncEnumerable<DataChunk> ReadAsync(
        DataSources sources, string id, DataSetRecord record, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var shared = record.Shared!;
        using var source = await sources.OpenAsync(shared.Import, cancellationToken);
        if (source.Bytes != shared.Bytes)
        {
            throw new DataFormatException(
                $"data set '{id}': {record.Source} has changed since it was added: it had {shared.Bytes} bytes, now {source.Bytes}");
        }

        using var reader = source.Read(new DataLimits { ChunkRows = record.ChunkRows, MaxRows = record.Rows, MaxBytes = long.MaxValue });
        if (reader.Schema.Label != record.Label || !reader.Schema.Features.SequenceEqual(record.Features))
            throw new DataFormatException($"data set '{id}': {record.Source} has changed since it was added: it has other columns");
        foreach (var chunk in reader.ReadChunks(cancellationToken)) yield return chunk;
    }
}
