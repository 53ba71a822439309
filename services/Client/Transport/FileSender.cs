using System.Buffers;
using Google.Protobuf;
using Grpc.Core;

namespace Cluster.Client.Transport;

/// <summary>Sends a header and then a file, part by part, to whoever may end the call at any time.</summary>
/// <param name="file">From where it stands to its end.</param>
/// <param name="stallTimeout">Longest that one part, or the answer at the end, may take.</param>
/// <param name="bytes">Told of the bytes that were taken.</param>
internal sealed class FileSender(Stream file, TimeSpan stallTimeout, IProgress<long>? bytes)
{
    private const int PartBytes = 256 << 10;

    /// <summary>Sends everything and returns the answer.</summary>
    /// <param name="call">Cancelled by <paramref name="stall"/>.</param>
    /// <param name="header">Goes first.</param>
    /// <param name="partOf">A message of a piece of the file.</param>
    /// <param name="stall">Cancelled when the other side takes nothing for too long.</param>
    /// <param name="cancellationToken">Ends the reading of the file.</param>
    /// <exception cref="RpcException">The call failed, or was cancelled.</exception>
    public async Task<TReply> SendAsync<TPart, TReply>(
        AsyncClientStreamingCall<TPart, TReply> call, TPart header, Func<ByteString, TPart> partOf, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        Task<TReply> answer = call.ResponseAsync;
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            var sent = 0L;
            var isTaken = await TrySendAsync(() => call.RequestStream.WriteAsync(header), answer, stall).ConfigureAwait(false);
            while (isTaken)
            {
                var read = await file.ReadAsync(buffer.AsMemory(0, PartBytes), cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                // A part is serialized when it is sent, so that the buffer is free again.
                var part = partOf(UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read)));
                isTaken = await TrySendAsync(() => call.RequestStream.WriteAsync(part), answer, stall).ConfigureAwait(false);
                if (isTaken) bytes?.Report(sent += read);
            }

            if (isTaken) await TrySendAsync(call.RequestStream.CompleteAsync, answer, stall).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        stall.CancelAfter(stallTimeout);
        return await answer.ConfigureAwait(false);
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
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            return false;
        }
        finally
        {
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
