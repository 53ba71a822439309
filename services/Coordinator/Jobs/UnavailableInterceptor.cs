using Cluster.ServiceDefaults.Redis;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Cluster.Coordinator.Jobs;

/// <summary>While Redis is away a call is UNAVAILABLE, which clients try again, and not an unknown error.</summary>
internal sealed class UnavailableInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (RedisErrors.IsTransient(e))
        {
            throw Unavailable();
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> stream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(stream, context);
        }
        catch (Exception e) when (RedisErrors.IsTransient(e))
        {
            throw Unavailable();
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> stream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, stream, context);
        }
        catch (Exception e) when (RedisErrors.IsTransient(e))
        {
            throw Unavailable();
        }
    }

    private static RpcException Unavailable() => new(new Status(StatusCode.Unavailable, "the coordinator cannot reach Redis; try again"));
}
