using System.Runtime.CompilerServices;
using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Cluster.Contracts.Predictions.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Cluster.Client.Predictions;

/// <summary>Sends a file and receives predictions at the same time; each side waits for the other, so memory is bounded.</summary>
internal sealed class PredictionStream(
    CoordinatorConnection connection, ClusterClientOptions options, string model, Stream csv, bool hasHeader, IProgress<IReadOnlyList<string>>? columnsKnown)
{
    private static readonly TimeSpan SendingLimit = TimeSpan.FromSeconds(5);

    public async IAsyncEnumerable<Prediction> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var span = ClientTracing.Begin("predict");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var silence = new SilenceNotice(options, connection.Address, Timeout.InfiniteTimeSpan);
        using var call = connection.Predictions.Predict(new CallOptions(cancellationToken: end.Token));
        var sending = SendAsync(call.RequestStream, silence, end.Token);
        IReadOnlyList<string> columns = [];
        var row = 0L;
        try
        {
            while (await NextAsync(call.ResponseStream, cancellationToken).ConfigureAwait(false))
            {
                if (sending.IsCompleted) silence.Heard();
                var reply = call.ResponseStream.Current;
                if (reply.PartCase == PredictReply.PartOneofCase.Columns)
                {
                    columns = [.. reply.Columns.Names];
                    columnsKnown?.Report(columns);
                }

                if (reply.PartCase != PredictReply.PartOneofCase.Rows || columns.Count == 0) continue;
                var values = reply.Rows.Values.ToArray();
                for (var at = 0; at + columns.Count <= values.Length; at += columns.Count)
                    yield return new Prediction(row++, columns, values.AsMemory(at, columns.Count));
            }

            // What the file could not be read for.
            await sending.ConfigureAwait(false);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            // A write that the end of the call overtook may never end.
            await sending.WaitAsync(SendingLimit, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> NextAsync(IAsyncStreamReader<PredictReply> replies, CancellationToken cancellationToken)
    {
        try
        {
            return await replies.MoveNext(cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (e.StatusCode == StatusCode.NotFound) throw new CheckpointNotFoundException(model, e);
            throw CallErrors.Translate(e, connection.Address, null);
        }
    }

    // The file may come from somebody who types it: only what waits for the cluster counts as its silence.
    private async Task SendAsync(IClientStreamWriter<PredictPart> parts, SilenceNotice silence, CancellationToken cancellationToken)
    {
        try
        {
            await parts.WriteAsync(new PredictPart { Header = new PredictHeader { Model = model, NoHeader = !hasHeader } }, cancellationToken)
                .ConfigureAwait(false);
            silence.Pause();
            await FileParts.SendAsync(csv, SendPartAsync, cancellationToken).ConfigureAwait(false);
            silence.Heard();
            await parts.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (CallErrors.IsEndOfCall(e))
        {
            // The call is over: its answer says why.
        }

        async Task<bool> SendPartAsync(ByteString content)
        {
            silence.Heard();
            await parts.WriteAsync(new PredictPart { Content = content }, cancellationToken).ConfigureAwait(false);
            silence.Pause();
            return true;
        }
    }
}
