using Cluster.DataPlane.Frames;
using Grpc.Core;

namespace Cluster.DataPlane;

/// <summary>The exchange stream as a gRPC method: the same bytes, typed for the side that sends and the side that receives.</summary>
public static class ExchangeMethod
{
    private const string Service = "cluster.exchange.v1.Exchange";
    private const string Name = "Exchange";

    /// <summary>For the worker's side.</summary>
    public static Method<SentFrame, ReceivedFrame> Client { get; } =
        new(MethodType.DuplexStreaming, Service, Name, FrameMarshaller.Sent, FrameMarshaller.ReceivedFromTask);

    /// <summary>For the ps task's side.</summary>
    public static Method<ReceivedFrame, SentFrame> Server { get; } =
        new(MethodType.DuplexStreaming, Service, Name, FrameMarshaller.ReceivedFromWorker, FrameMarshaller.Sent);
}

/// <summary>Base of the class that serves exchange streams.</summary>
[BindServiceMethod(typeof(ExchangeServiceBase), nameof(Bind))]
public abstract class ExchangeServiceBase
{
    /// <summary>Serves one stream to its end.</summary>
    public abstract Task Exchange(IAsyncStreamReader<ReceivedFrame> requests, IServerStreamWriter<SentFrame> responses, ServerCallContext context);

    /// <summary>Called by gRPC's hosting when the service is mapped.</summary>
    public static void Bind(ServiceBinderBase binder, ExchangeServiceBase? service)
    {
        binder.AddMethod(ExchangeMethod.Server, service is null ? null! : new DuplexStreamingServerMethod<ReceivedFrame, SentFrame>(service.Exchange));
    }
}
