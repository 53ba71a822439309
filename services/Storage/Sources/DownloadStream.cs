using Cluster.Models.Data;

namespace Cluster.Storage.Sources;

/// <summary>The content of a download, for a reader that blocks. Each read has its limit in time, and so has the whole.</summary>
internal sealed class DownloadStream : Stream
{
    private readonly HttpResponseMessage _response;
    private readonly Stream _content;
    private readonly Uri _address;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _limit;
    private long _read;

    private DownloadStream(HttpResponseMessage response, Stream content, Uri address, DataSourceOptions options, CancellationTokenSource limit) =>
        (_response, _content, _address, _patience, _limit) = (response, content, address, options.DownloadPatience, limit);

    /// <summary>Takes response and limit over.</summary>
    /// <exception cref="DataFormatException">The answer is not the file.</exception>
    public static async Task<DownloadStream> OpenAsync(HttpResponseMessage response, Uri address, DataSourceOptions options, CancellationTokenSource limit)
    {
        if (response.IsSuccessStatusCode)
            return new DownloadStream(response, await response.Content.ReadAsStreamAsync(limit.Token), address, options, limit);
        var status = (int)response.StatusCode;
        response.Dispose();
        throw new DataFormatException($"{address} answers {status}");
    }

    /// <summary>Bytes that the server says are coming; 0 where it does not.</summary>
    public long ContentLength => _response.Content.Headers.ContentLength ?? 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token);
        patience.CancelAfter(_patience);
        try
        {
            var read = _content.ReadAsync(buffer.AsMemory(offset, count), patience.Token).AsTask().GetAwaiter().GetResult();
            _read += read;
            return read;
        }
        catch (OperationCanceledException e)
        {
            throw new DataFormatException($"{_address} stopped after {_read} bytes, within the time that a download may take", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new DataFormatException($"{_address} broke off after {_read} bytes: {e.GetBaseException().Message}", e);
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
            _response.Dispose();
            _limit.Dispose();
        }

        base.Dispose(disposing);
    }
}
