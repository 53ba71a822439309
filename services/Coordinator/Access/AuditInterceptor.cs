using Cluster.ServiceDefaults.Security;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Cluster.Coordinator.Access;

/// <summary>Writes the audit log: every call that changes something, done or refused.</summary>
internal sealed class AuditInterceptor(AuditLog audit) : Interceptor
{
    /// <summary>Calls that change something; all others only read.</summary>
    private static readonly HashSet<string> Audited =
    [
        "/cluster.jobs.v1.Jobs/Submit",
        "/cluster.jobs.v1.Jobs/Cancel",
        "/cluster.data.v1.DataSets/Load",
        "/cluster.data.v1.DataSets/Add",
        "/cluster.data.v1.DataSets/Remove",
        "/cluster.checkpoints.v1.Checkpoints/Keep",
        "/cluster.checkpoints.v1.Checkpoints/Remove",
        "/cluster.checkpoints.v1.Checkpoints/Import",
        "/cluster.registry.v1.Registry/DrainTask",
    ];

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        => RunAsync(context, request, () => continuation(request, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
        => RunAsync(context, request: null, () => continuation(requestStream, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
        => RunAsync<object?>(context, request, async () =>
        {
            await continuation(request, responseStream, context);
            return null;
        });

    private async Task<T> RunAsync<T>(ServerCallContext context, object? request, Func<Task<T>> call)
    {
        if (!Audited.Contains(context.Method)) return await call();
        var caller = AuditCaller.Of(context.GetHttpContext());
        try
        {
            var reply = await call();
            audit.Done(caller, context.Method, AuditText.Subject(request, reply), AuditText.Summary(request));
            return reply;
        }
        catch (RpcException e) when (IsRefusal(e.StatusCode))
        {
            audit.Refused(caller, context.Method, AuditText.Summary(request), $"{e.StatusCode}: {e.Status.Detail}");
            throw;
        }
    }

    // Not what passes by itself and is tried again.
    private static bool IsRefusal(StatusCode status) => status is not (StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.DeadlineExceeded);
}
