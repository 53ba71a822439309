using Cluster.DataPlane;
using Cluster.DataPlane.Frames;
using Cluster.DataPlane.Sending;
using Cluster.ParameterStore.Tasks;
using Grpc.Core;

namespace Cluster.ParameterStore.Exchange;

/// <summary>Serves exchange streams: one loop receives, one sends, and the model's owner knows neither gRPC nor waiting.</summary>
internal sealed class ExchangeGrpcService(
    ParameterStorePool pool, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<ExchangeGrpcService> logger) : ExchangeServiceBase
{
    public override async Task Exchange(IAsyncStreamReader<ReceivedFrame> requests, IServerStreamWriter<SentFrame> responses, ServerCallContext context)
    {
        var cut = new StreamCut(context.GetHttpContext());
        var sender = new FrameSender(responses, time);
        // The server would wait for the stream's end, which only its worker decides.
        using CancellationTokenRegistration stopping = lifetime.ApplicationStopping.Register(cut.Abort);
        var connection = new ExchangeConnection(pool, sender, cut);
        Task sending = sender.RunAsync();
        try
        {
            await ReceiveAsync(requests, connection);
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
        catch (Exception e) when (e is IOException or OperationCanceledException || (e is InvalidOperationException && context.CancellationToken.IsCancellationRequested))
        {
            // The worker went away, or was cut off.
        }
        finally
        {
            await connection.DetachAsync();
            cut.End();
            sender.Complete();
            // The stream's end is told by the status; a write that broke with it adds nothing.
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ReceiveAsync(IAsyncStreamReader<ReceivedFrame> requests, ExchangeConnection connection)
    {
        while (await requests.MoveNext(CancellationToken.None))
        {
            using ReceivedFrame frame = requests.Current;
            await connection.HandleAsync(frame);
        }
    }
}
