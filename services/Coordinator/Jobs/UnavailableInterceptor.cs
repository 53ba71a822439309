using Cluster.Coordinator.Conditions;
using Cluster.ServiceDefaults.Redis;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Cluster.Coordinator.Jobs;

/// <summary>
/// While Redis is away a call is UNAVAILABLE, which clients try again, and while it is full RESOURCE_EXHAUSTED, which they do not; never an
/// unknown error.
/// </summary>
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
            throw Answer(e);
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
            throw Answer(e);
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
            throw Answer(e);
        }
    }

    private static RpcException Answer(Exception e) => new(RedisErrors.IsFull(e)
        ? new Status(StatusCode.ResourceExhausted, $"Redis is full (out of memory): {ClusterCondition.RoomAdvice}")
        : new Status(StatusCode.Unavailable, "the coordinator cannot reach Redis; try again"));
}
