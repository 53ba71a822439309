using Cluster.DataPlane;
using Cluster.DataPlane.Frames;
using Cluster.DataPlane.Sending;
using Cluster.ParameterStore.Shards;
using Cluster.ParameterStore.Tasks;
using Grpc.Core;

namespace Cluster.ParameterStore.Exchange;

/// <summary>Serves exchange streams: one loop receives, one sends, and the shard's owner knows neither gRPC nor waiting.</summary>
internal sealed class ExchangeGrpcService(ParameterStorePool pool, TimeProvider time, ILogger<ExchangeGrpcService> logger) : ExchangeServiceBase
{
    private static readonly TimeSpan LastWriteLimit = TimeSpan.FromSeconds(5);

    public override async Task Exchange(IAsyncStreamReader<ReceivedFrame> requests, IServerStreamWriter<SentFrame> responses, ServerCallContext context)
    {
        using var cut = new StreamCut(context.GetHttpContext());
        var sender = new FrameSender(responses, time);
        // The server would wait for the stream's end, which only its worker decides.
        using var stopping = pool.Left.Register(cut.Leave);
        var connection = new ExchangeConnection(pool, sender, cut);
        var sending = sender.RunAsync();
        try
        {
            await ReceiveAsync(requests, connection, cut.Leaving);
        }
        catch (MalformedFrameException e)
        {
            ParameterStoreLog.FrameRefused(logger, context.Peer, e.Message);
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
        catch (RpcException) when (cut.Refusal is { } refusal)
        {
            ParameterStoreLog.StreamRefused(logger, context.Peer, refusal.Status.Detail);
            throw refusal;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException
            || (e is InvalidOperationException && context.CancellationToken.IsCancellationRequested))
        {
            // The worker went away or was cut off, or the stream ends in order.
        }
        finally
        {
            await connection.DetachAsync();
            sender.Complete();
            await EndAsync(sending, cut);
        }
    }

    // The stream's end is told by the status; a write that broke with it adds nothing. One that its worker does not take is broken.
    private async Task EndAsync(Task sending, StreamCut cut)
    {
        await sending.WaitAsync(LastWriteLimit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!sending.IsCompleted) cut.Abort();
        cut.End();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task ReceiveAsync(IAsyncStreamReader<ReceivedFrame> requests, ExchangeConnection connection, CancellationToken leaving)
    {
        while (await requests.MoveNext(leaving))
        {
            using var frame = requests.Current;
            await connection.HandleAsync(frame);
        }
    }
}
