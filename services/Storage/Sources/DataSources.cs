using Cluster.Contracts.Data;
using Cluster.Models.Data;
using Microsoft.Extensions.Options;

namespace Cluster.Storage.Sources;

/// <summary>Opens what coordinator and workers read by themselves: generators, files under the data roots, files of allowed servers.</summary>
public sealed class DataSources : IDisposable
{
    private readonly FileRoots _files;
    private readonly Downloads _downloads;

    public DataSources(IOptions<DataSourceOptions> options)
    {
        _files = new FileRoots(options.Value.Roots);
        _downloads = new Downloads(options.Value);
    }

    /// <summary>Opens the files of a source.</summary>
    /// <exception cref="DataFormatException">It is not allowed, or cannot be opened: the message says why.</exception>
    public async Task<OpenedSource> OpenAsync(DataImport import, CancellationToken cancellationToken)
    {
        if (DataImport.HasScheme(import.Source, DataSchemes.Synthetic))
            return new OpenedSource(import, content: null, labels: null, bytes: 0);
        var (content, bytes) = await OpenAsync(import.Source, cancellationToken);
        if (import.Format != DataFormats.Idx || import.Labels is null)
            return new OpenedSource(import, content, labels: null, bytes);
        try
        {
            var (labels, more) = await OpenAsync(import.Labels, cancellationToken);
            return new OpenedSource(import, content, labels, bytes > 0 && more > 0 ? bytes + more : 0);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => _downloads.Dispose();

    private async Task<(Stream Content, long Bytes)> OpenAsync(string uri, CancellationToken cancellationToken)
    {
        if (DataImport.HasScheme(uri, DataSchemes.File))
        {
            var file = _files.Open(uri);
            return (file, file.Length);
        }

        if (!DataImport.HasScheme(uri, DataSchemes.Http) && !DataImport.HasScheme(uri, DataSchemes.Https))
            throw new DataFormatException($"a source is {string.Join(", ", DataSchemes.All.Select(scheme => scheme + ":"))}");
        var download = await _downloads.OpenAsync(uri, cancellationToken);
        return (download, download.ContentLength);
    }
}
