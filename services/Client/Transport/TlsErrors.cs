using System.Net.Sockets;
using System.Security.Authentication;
using Cluster.Client.Discovery;
using Grpc.Core;

namespace Cluster.Client.Transport;

/// <summary>Why TLS with a coordinator failed, and what to do about it.</summary>
internal static class TlsErrors
{
    /// <summary>The failed handshake behind a failed call; null where it failed for another reason.</summary>
    public static AuthenticationException? Find(RpcException e)
    {
        for (var cause = e.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException handshake) return handshake;
        }

        return null;
    }

    /// <summary>One line: what is wrong, and the setting that mends it.</summary>
    public static string Explain(AuthenticationException handshake, Uri address)
    {
        var reason = handshake.Message;
        if (reason.Contains("frame", StringComparison.OrdinalIgnoreCase))
            return $"does not speak TLS; use {Uri.UriSchemeHttp}://{address.Authority} if this cluster is meant to be without it";
        if (reason.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal))
            return $"its certificate is not one of the name {address.Host}; use a name that is in the certificate";
        if (reason.Contains("certificate", StringComparison.OrdinalIgnoreCase) && handshake.InnerException is null)
            return $"its certificate is not trusted; name the file of its authority in {ClusterLookup.AuthorityFileVariable} ({FirstLine(reason)})";
        return $"TLS failed ({FirstLine(handshake.GetBaseException().Message)}); {CertificateAdvice}";
    }

    /// <summary>What may be the matter where a connection broke off without a word; empty where nothing points to TLS.</summary>
    public static string Hint(RpcException e, Uri address)
    {
        // Somebody accepted the connection and ended it: nothing that is said of an address where nobody is. Shutdown is the broken pipe of Unix:
        // whether a reset is met in reading or in writing is a matter of time.
        if (e.Status.DebugException?.GetBaseException() is null
            or SocketException { SocketErrorCode: not (SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown) })
            return "";
        return address.Scheme == Uri.UriSchemeHttps
            ? $"; {CertificateAdvice}"
            : $"; if the cluster uses TLS, its address is {Uri.UriSchemeHttps}://{address.Authority}";
    }

    private static string CertificateAdvice =>
        $"if the cluster asks for a certificate, name one of its authority in {ClusterLookup.CertificateFileVariable} and "
        + $"{ClusterLookup.CertificateKeyFileVariable}";

    private static string FirstLine(string text) => text.Split(['\r', '\n'], 2)[0].TrimEnd('.');
}
