using Cluster.Cli.Invocation;
using Cluster.Client;
using Cluster.Client.Data;
using Cluster.Client.Errors;
using Cluster.Contracts.Data;
using Cluster.Contracts.Errors;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Data;

/// <summary>A source on its way into the cluster: a file of this machine, opened before anything is asked of the cluster, or a URI.</summary>
internal sealed class DataTransfer : IDisposable
{
    private readonly DataImport _import;
    private readonly IReadOnlyList<(string Path, FileStream File)> _files;

    private DataTransfer(DataImport import, IReadOnlyList<(string Path, FileStream File)> files) => (_import, _files) = (import, files);

    /// <exception cref="SpecRejectedException">The import is wrong, or a file cannot be read.</exception>
    public static DataTransfer Open(DataImport import)
    {
        if (DataImport.IsUri(import.Source))
        {
            SpecRejectedException.ThrowIfAny(import.Validate());
            return new DataTransfer(import, []);
        }

        SpecRejectedException.ThrowIfAny((import with { Source = Path.GetFileName(import.Source) is { Length: > 0 } name ? name : import.Source }).Validate());
        string[] paths = import.Format == DataFormats.Idx && import.Labels is not null ? [import.Labels, import.Source] : [import.Source];
        var files = new List<(string, FileStream)>();
        try
        {
            foreach (var path in paths) files.Add((path, OpenFile(path, path == import.Source ? "data" : "labels")));
            return new DataTransfer(import with { Source = Path.GetFileName(import.Source), Labels = null }, files);
        }
        catch
        {
            files.ForEach(file => file.Item2.Dispose());
            throw;
        }
    }

    /// <summary>Sends the file, or has the URI read; shows how far that is.</summary>
    /// <exception cref="SpecRejectedException">The cluster cannot use it: one line that names the place.</exception>
    public Task<DataSetInfo> RunAsync(CommandRun run, ClusterClient client, CancellationToken cancellationToken)
        => _files.Count == 0 ? AddAsync(run, client, cancellationToken) : SendAsync(run, client, cancellationToken);

    public void Dispose()
    {
        foreach (var (_, file) in _files) file.Dispose();
    }

    private Task<DataSetInfo> AddAsync(CommandRun run, ClusterClient client, CancellationToken cancellationToken)
        => run.Display.ShowLoadAsync(_import.Source, progress => client.AddDataAsync(_import, progress, cancellationToken));

    private async Task<DataSetInfo> SendAsync(CommandRun run, ClusterClient client, CancellationToken cancellationToken)
    {
        try
        {
            if (_files is [var (_, file)])
                return await ShowAsync(run, file.CanSeek ? file.Length : 0, sent => client.LoadDataAsync(file, _import, sent, cancellationToken));
            return await SendPairAsync(run, client, cancellationToken);
        }
        catch (SpecRejectedException e)
        {
            throw new SpecRejectedException([.. e.Violations.Select(Named)], e);
        }
        catch (IOException e)
        {
            throw Rejected("data", _files[^1].Path, e.Message, e);
        }
    }

    /// <summary>Labels and images go one behind the other, so neither may hide its end in a compression.</summary>
    private async Task<DataSetInfo> SendPairAsync(CommandRun run, ClusterClient client, CancellationToken cancellationToken)
    {
        var pair = new FilePairStream(Decompression.Open(_files[0].File), Decompression.Open(_files[1].File));
        await using (pair)
        {
            try
            {
                return await ShowAsync(run, 0, sent => client.LoadDataAsync(pair, _import, sent, cancellationToken));
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                throw pair.IsInSecond ? Rejected("data", _files[1].Path, e.Message, e) : Rejected("labels", _files[0].Path, e.Message, e);
            }
        }
    }

    private Task<DataSetInfo> ShowAsync(CommandRun run, long length, Func<IProgress<long>, Task<DataSetInfo>> send)
        => run.Display.ShowTransferAsync(_import.Source, length, send);

    /// <summary>The cluster does not know the path of the file that it read.</summary>
    private SpecViolation Named(SpecViolation violation) => violation is { Field: "data", Value: "" } ? violation with { Value = _files[^1].Path } : violation;

    private static FileStream OpenFile(string path, string field)
    {
        if (Directory.Exists(path)) throw Rejected(field, path, "is a directory, must be a file");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Rejected(field, path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : FailureText.Of(e), e);
        }
    }

    private static SpecRejectedException Rejected(string field, string path, string reason, Exception? innerException = null)
        => new([new SpecViolation(field, path, reason)], innerException);
}
