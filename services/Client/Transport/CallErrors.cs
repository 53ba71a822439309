using System.Net.Sockets;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;
using Grpc.Core;

namespace Cluster.Client.Transport;

/// <summary>Failed calls as the client's exceptions.</summary>
internal static class CallErrors
{
    /// <summary>The coordinator did not answer, or cannot do that now, so that the same call may do better later.</summary>
    public static bool IsAway(RpcException e) => TlsErrors.Find(e) is null && (e.StatusCode == StatusCode.Unavailable || IsBroken(e));

    /// <summary>The cluster itself said so; everything else was found out here.</summary>
    public static bool IsAnswer(RpcException e) => e.StatusCode is not StatusCode.DeadlineExceeded && e.Status.DebugException is null;

    /// <summary>There was no connection over which the call could have gone.</summary>
    public static bool WasNotSent(RpcException e)
    {
        // The channel connects by itself, and names what went wrong then without HTTP around it.
        if (TlsErrors.Find(e) is not null || e.Status.DebugException is SocketException or TimeoutException) return true;
        return e.Status.DebugException is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        };
    }

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
        if (IsAway(e))
        {
            return IsAnswer(e)
                ? ClusterUnavailableException.Unable(address, Reason(e), e)
                : new ClusterUnavailableException(address, Reason(e) + TlsErrors.Hint(e, address), e);
        }

        return e.StatusCode switch
        {
            StatusCode.NotFound when jobId is not null => new JobNotFoundException(jobId, e),
            StatusCode.Unauthenticated or StatusCode.PermissionDenied => new ClusterAuthenticationException(address, e),
            StatusCode.DeadlineExceeded => ClusterUnavailableException.Silent(address, "no answer within the time limit", e),
            StatusCode.Unimplemented => new ClusterException(
                $"what answers at {address.GetLeftPart(UriPartial.Authority)} is not a coordinator of this version", e),
            _ => new ClusterException($"the cluster answered {e.StatusCode}: {FirstLine(e.Status.Detail)}", e),
        };
    }

    /// <summary>Why a coordinator did not answer, one line: the innermost error says it best.</summary>
    public static string Reason(RpcException e)
        => FirstLine(e.Status.DebugException?.GetBaseException().Message ?? e.Status.Detail);

    // A connection that broke, or was not made in time.
    private static bool IsBroken(RpcException e) => e.StatusCode switch
    {
        StatusCode.Internal => e.Status.DebugException is HttpRequestException or IOException,
        StatusCode.Cancelled => e.Status.DebugException is not null,
        _ => false,
    };

    private static string FirstLine(string text) => text.Split(['\r', '\n'], 2)[0].TrimEnd('.');
}
