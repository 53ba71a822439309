using Cluster.Contracts.Data;
using Cluster.Models.Data;

namespace Cluster.Storage.Sources;

/// <summary>A source whose files are open and not read yet.</summary>
public sealed class OpenedSource : IDisposable
{
    private readonly DataImport _import;
    private readonly Stream? _content;
    private readonly Stream? _labels;

    internal OpenedSource(DataImport import, Stream? content, Stream? labels, long bytes) =>
        (_import, _content, _labels, Bytes) = (import, content, labels, bytes);

    /// <summary>Bytes of its files; 0 for rows that are computed, and where a server does not say.</summary>
    public long Bytes { get; }

    /// <summary>Bytes read so far; compressed ones where the file is compressed.</summary>
    public long BytesRead => (_content?.Position ?? 0) + (_labels?.Position ?? 0);

    /// <summary>Opens the reader; blocks until the start of the files has come.</summary>
    /// <exception cref="DataFormatException">They cannot be used.</exception>
    public RowReader Read(DataLimits limits) =>
        _content is null ? RowReaders.OpenSynthetic(_import, limits) : RowReaders.Open(_import, _content, _labels, limits);

    public void Dispose()
    {
        _content?.Dispose();
        _labels?.Dispose();
    }
}
