using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Client;
using Cluster.Client.Data;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training;

/// <summary>The file of <c>--data</c> on its way to the cluster.</summary>
internal sealed class DataUpload : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;

    private DataUpload(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Opens the file, before anything is asked of the cluster; null for no file.</summary>
    /// <exception cref="SpecRejectedException">It cannot be read.</exception>
    public static DataUpload? Open(string? path)
    {
        if (path is null) return null;
        if (Directory.Exists(path)) throw Rejected(path, "is a directory, must be a CSV file");

        try
        {
            return new DataUpload(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Rejected(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message, e);
        }
    }

    /// <summary>Sends the file, shows how far that is, and returns the data set's id.</summary>
    /// <exception cref="SpecRejectedException">The cluster cannot use the file: one line with row and column.</exception>
    public async Task<string> SendAsync(CommandRun run, ClusterClient client, string label, CancellationToken cancellationToken)
    {
        var length = _file.CanSeek ? _file.Length : 0;
        var data = await run.Display.ShowTransferAsync(Path.GetFileName(_path), length, sent => LoadAsync(client, label, sent, cancellationToken)).ConfigureAwait(false);
        run.Display.Note($"{_path}: {Figures.Count(data.Rows, "row")}, {Figures.Count(data.Features.Count, "feature")}; data set {data.Id}");
        return data.Id;
    }

    public void Dispose() => _file.Dispose();

    private async Task<DataSetInfo> LoadAsync(ClusterClient client, string label, IProgress<long> sent, CancellationToken cancellationToken)
    {
        try
        {
            return await client.LoadDataAsync(_file, label, sent, cancellationToken).ConfigureAwait(false);
        }
        catch (SpecRejectedException e)
        {
            throw new SpecRejectedException([.. e.Violations.Select(Named)], e);
        }
        catch (IOException e)
        {
            throw Rejected(_path, e.Message, e);
        }
    }

    /// <summary>The cluster does not know the name of the file that it read.</summary>
    private SpecViolation Named(SpecViolation violation) => violation is { Field: "data", Value: "" } ? violation with { Value = _path } : violation;

    private static SpecRejectedException Rejected(string path, string reason, Exception? innerException = null)
        => new([new SpecViolation("data", path, reason)], innerException);
}
