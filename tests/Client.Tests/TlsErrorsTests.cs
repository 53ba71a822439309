using System.Net;
using System.Net.Sockets;
using Cluster.Client.Transport;
using Grpc.Core;

namespace Cluster.Client.Tests;

public sealed class TlsErrorsTests
{
    private static readonly Uri Address = new("https://127.0.0.1:5000");

    [Theory]
    [InlineData(SocketError.ConnectionReset)]
    [InlineData(SocketError.ConnectionAborted)]
    [InlineData(SocketError.Shutdown)]
    public void Hint_ConnectionThatWasEnded_NamesTheCertificate(SocketError error)
        => Assert.Contains("CLUSTER_CERTIFICATE_FILE", TlsErrors.Hint(Failed(new SocketException((int)error)), Address), StringComparison.Ordinal);

    [Theory]
    [InlineData(SocketError.ConnectionRefused)]
    [InlineData(SocketError.HostNotFound)]
    [InlineData(SocketError.TimedOut)]
    public void Hint_NobodyThere_IsEmpty(SocketError error) => Assert.Empty(TlsErrors.Hint(Failed(new SocketException((int)error)), Address));

    [Fact]
    public void Hint_WriteIntoAConnectionThatIsClosed_NamesTheCertificate()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndpoint);
        using var server = listener.AcceptSocket();
        client.Shutdown(SocketShutdown.Send);

        var broken = Assert.Throws<SocketException>(() => client.Send([1]));

        Assert.Contains("CLUSTER_CERTIFICATE_FILE", TlsErrors.Hint(Failed(new HttpRequestException("failed", new IOException("failed", broken))), Address),
            StringComparison.Ordinal);
    }

    private static RpcException Failed(Exception cause) => new(new Status(StatusCode.Unavailable, "failed", cause));
}
