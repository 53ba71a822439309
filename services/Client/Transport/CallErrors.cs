using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;
using Grpc.Core;

namespace Cluster.Client.Transport;

/// <summary>Failed calls as the client's exceptions.</summary>
internal static class CallErrors
{
    /// <summary>The coordinator did not answer, so that the same call may do better later.</summary>
    public static bool IsAway(RpcException e)
        => TlsErrors.Find(e) is null && (e.StatusCode == StatusCode.Unavailable || (e.StatusCode == StatusCode.Internal && e.Status.DebugException is HttpRequestException or IOException));

    /// <summary>A write failed because its call is over, whose answer says why: gRPC says so in its own way, HTTP/2 beneath it in two others.</summary>
    public static bool IsEndOfCall(Exception e) => e is RpcException or InvalidOperationException or HttpRequestException or HttpIOException;

    /// <summary>A stream that broke in this way is worth another: everything but a clear refusal.</summary>
    public static bool IsInterruption(RpcException e) => TlsErrors.Find(e) is null && e.StatusCode is not
        (StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.Unauthenticated or StatusCode.PermissionDenied
        or StatusCode.Unimplemented or StatusCode.FailedPrecondition or StatusCode.OutOfRange);

    /// <summary>A failed call as an exception; <paramref name="jobId"/> is the job it was about, or null.</summary>
    public static ClusterException Translate(RpcException e, Uri address, string? jobId)
    {
        if (SpecRejection.TryRead(e, out var violations)) return new SpecRejectedException(violations, e);
        if (TlsErrors.Find(e) is { } tls) return new ClusterAuthenticationException(address, TlsErrors.Explain(tls, address), e);
        if (IsAway(e)) return new ClusterUnavailableException(address, Reason(e) + TlsErrors.Hint(e, address), e);

        return e.StatusCode switch
        {
            StatusCode.NotFound when jobId is not null => new JobNotFoundException(jobId, e),
            StatusCode.Unauthenticated or StatusCode.PermissionDenied => new ClusterAuthenticationException(address, e),
            StatusCode.DeadlineExceeded => new ClusterUnavailableException(address, "no answer within the time limit", e),
            StatusCode.Unimplemented => new ClusterException($"what answers at {address.GetLeftPart(UriPartial.Authority)} is not a coordinator of this version", e),
            _ => new ClusterException($"the cluster answered {e.StatusCode}: {FirstLine(e.Status.Detail)}", e),
        };
    }

    /// <summary>Why a coordinator did not answer, one line: the innermost error says it best.</summary>
    public static string Reason(RpcException e)
        => FirstLine(e.Status.DebugException?.GetBaseException().Message ?? e.Status.Detail);

    private static string FirstLine(string text) => text.Split(['\r', '\n'], 2)[0].TrimEnd('.');
}
