using System.Globalization;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Cluster.Cli.Training;

/// <summary>The file of <c>--data</c> on its way to the cluster.</summary>
internal sealed class DataUpload : IDisposable
{
    private const int PartLength = 256 * 1024;

    /// <summary>A cluster that takes no part of the file, or has no answer to the whole, for this long is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

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
    public async Task<string> SendAsync(CommandRun run, string label, CancellationToken cancellationToken)
    {
        var length = _file.CanSeek ? _file.Length : 0;
        var data = await run.Display.ShowTransferAsync(Path.GetFileName(_path), length, sent => LoadAsync(run.Connection, label, sent, cancellationToken)).ConfigureAwait(false);
        run.Display.Note(string.Create(CultureInfo.InvariantCulture, $"{_path}: {Figures.Count(data.Rows)} rows, {data.Features.Count} features; data set {data.Id}"));
        return data.Id;
    }

    public void Dispose() => _file.Dispose();

    private async Task<DataSet> LoadAsync(ClusterConnection connection, string label, IProgress<long> sent, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(connection.Address);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var headers = new Metadata { { "authorization", $"Bearer {connection.Key}" } };
        try
        {
            using var call = new DataSets.DataSetsClient(channel).Load(headers, cancellationToken: limit.Token);
            await WriteAsync(call.RequestStream, label, sent, limit).ConfigureAwait(false);
            return await call.ResponseAsync.ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Translate(e, connection.Address);
        }
    }

    private async Task WriteAsync(IClientStreamWriter<LoadRequest> parts, string label, IProgress<long> sent, CancellationTokenSource limit)
    {
        try
        {
            await parts.WriteAsync(new LoadRequest { Header = new LoadHeader { Label = label } }, limit.Token).ConfigureAwait(false);
            var buffer = new byte[PartLength];
            for (var total = 0L; await _file.ReadAsync(buffer, limit.Token).ConfigureAwait(false) is > 0 and var read; sent.Report(total += read))
            {
                await parts.WriteAsync(new LoadRequest { Content = ByteString.CopyFrom(buffer, 0, read) }, limit.Token).ConfigureAwait(false);
                limit.CancelAfter(Patience);
            }

            await parts.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The cluster has answered before the end of the file; its answer says why.
        }
        catch (IOException e)
        {
            throw Rejected(_path, e.Message, e);
        }
    }

    private ClusterException Translate(Exception exception, Uri address) => exception switch
    {
        RpcException e when SpecRejection.TryRead(e, out var violations) => new SpecRejectedException([.. violations.Select(Named)], e),
        RpcException { StatusCode: StatusCode.Unauthenticated or StatusCode.PermissionDenied } => new ClusterAuthenticationException(address, exception),
        RpcException { StatusCode: StatusCode.Unavailable } e => new ClusterUnavailableException(address, e.Status.DebugException?.GetBaseException().Message ?? e.Status.Detail, e),
        RpcException { StatusCode: not StatusCode.Cancelled } e => new ClusterException($"the cluster answered {e.StatusCode}: {e.Status.Detail}", e),
        _ => new ClusterUnavailableException(address, "it takes no more of the data", exception),
    };

    /// <summary>The cluster does not know the name of the file that it read.</summary>
    private SpecViolation Named(SpecViolation violation) => violation is { Field: "data", Value: "" } ? violation with { Value = _path } : violation;

    private static SpecRejectedException Rejected(string path, string reason, Exception? innerException = null)
        => new([new SpecViolation("data", path, reason)], innerException);
}
