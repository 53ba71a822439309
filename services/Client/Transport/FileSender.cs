using Google.Protobuf;
using Grpc.Core;

namespace Cluster.Client.Transport;

/// <summary>Sends a header and then a file, part by part, to whoever may end the call at any time.</summary>
/// <param name="file">From where it stands to its end.</param>
/// <param name="stallTimeout">Longest that one part, or the answer at the end, may take.</param>
/// <param name="silence">Hears of each part that was taken.</param>
/// <param name="bytes">Told of the bytes that were taken.</param>
internal sealed class FileSender(Stream file, TimeSpan stallTimeout, SilenceNotice silence, IProgress<long>? bytes)
{
    /// <summary>Whether all of the file has gone out, so that the other side may have done what it is for.</summary>
    public bool IsSent { get; private set; }

    /// <summary>Sends everything and returns the answer.</summary>
    /// <param name="call">Cancelled by <paramref name="stall"/>.</param>
    /// <param name="header">Goes first.</param>
    /// <param name="partOf">A message of a piece of the file.</param>
    /// <param name="stall">Cancelled when the other side takes nothing for too long.</param>
    /// <param name="cancellationToken">Ends the reading of the file.</param>
    /// <exception cref="RpcException">The call failed, or was cancelled.</exception>
    public async Task<TReply> SendAsync<TPart, TReply>(
        AsyncClientStreamingCall<TPart, TReply> call, TPart header, Func<ByteString, TPart> partOf, CancellationTokenSource stall,
        CancellationToken cancellationToken)
    {
        var answer = call.ResponseAsync;
        var sent = 0L;
        if (await TrySendAsync(() => call.RequestStream.WriteAsync(header), answer, stall).ConfigureAwait(false)
            && await FileParts.SendAsync(file, SendPartAsync, cancellationToken).ConfigureAwait(false))
        {
            IsSent = true;
            await TrySendAsync(call.RequestStream.CompleteAsync, answer, stall).ConfigureAwait(false);
        }

        stall.CancelAfter(stallTimeout);
        return await answer.ConfigureAwait(false);

        async Task<bool> SendPartAsync(ByteString content)
        {
            var part = partOf(content);
            if (!await TrySendAsync(() => call.RequestStream.WriteAsync(part), answer, stall).ConfigureAwait(false)) return false;
            silence.Heard();
            bytes?.Report(sent += content.Length);
            return true;
        }
    }

    /// <summary>False when the call is over: its answer says why.</summary>
    private async Task<bool> TrySendAsync<TReply>(Func<Task> send, Task<TReply> answer, CancellationTokenSource stall)
    {
        stall.CancelAfter(stallTimeout);
        try
        {
            var sending = send();
            // A write that the end of the call overtakes may never end.
            if (await Task.WhenAny(sending, answer).ConfigureAwait(false) != sending) return false;
            await sending.ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (CallErrors.IsEndOfCall(e) || e is IOException)
        {
            return false;
        }
        finally
        {
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
