using System.Net;
using System.Net.NetworkInformation;
using Cluster.AppHost.Servers;
using Cluster.Support.Processes;
using Cluster.Support.Servers;
using RabbitMQ.Client;

namespace Cluster.EndToEnd.Servers;

public sealed class RabbitMqServerProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public RabbitMqServerProcessTests() => InstalledServers.Require();

    [Fact]
    public async Task Server_ThroughItsLife_KeepsMessagesAndLeavesNothing()
    {
        var server = await RabbitMqServerProcess.StartAsync(cancellationToken: _ct);
        try
        {
            await PublishAsync(await server.AddVirtualHostAsync("tenant-1", _ct), "first");
            await Assert.ThrowsAnyAsync<Exception>(() => PublishAsync(server.ConnectionString + "/unknown", "lost"));
            await Assert.ThrowsAsync<ArgumentException>(() => server.AddVirtualHostAsync("a\">>b", _ct));
            AssertListensOnLoopbackAlone(server);

            var process = server.ProcessId;
            await server.KillAsync(_ct);
            Assert.False(ProcessTable.IsAlive(process));
            await server.RestartAsync(_ct);
            await PublishAsync(server.ConnectionString, "durable");

            await server.StopAsync(_ct).WaitAsync(Limit, _ct);
            await server.RestartAsync(_ct);
            Assert.Equal("durable", await ReceiveAsync(server.ConnectionString));
        }
        finally
        {
            await server.DisposeAsync();
        }

        Assert.Empty(await ProcessTable.LivingAfterAsync(() => ProcessTable.WorkingIn(server.DataDirectory), Limit, _ct));
        Assert.False(Directory.Exists(server.DataDirectory));
    }

    [Fact]
    public async Task Node_WhosePortMapperIsNotThere_EndsAndStartsNone()
    {
        var directory = Directory.CreateTempSubdirectory("cluster-aspire-test-");
        try
        {
            var layout = new RabbitMqLayout(ServerPrograms.RabbitMq!, directory.FullName);
            layout.WriteFiles(LoopbackPorts.Take(), "user", "password");
            await using var node = ChildProcess.Start(
                new ChildProcessStart(layout.Server, []) { Environment = layout.Environment, WorkingDirectory = directory.FullName });

            Assert.NotEqual(0, await node.Exited.WaitAsync(Limit, _ct));
            Assert.Empty(await ProcessTable.LivingAfterAsync(() => ProcessTable.WorkingIn(directory.FullName), Limit, _ct));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static void AssertListensOnLoopbackAlone(RabbitMqServerProcess server)
    {
        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(listener => server.ListeningPorts.Contains(listener.Port))
            .ToList();
        Assert.Equal(server.ListeningPorts.Order(), listeners.Select(listener => listener.Port).Distinct().Order());
        Assert.All(listeners, listener => Assert.True(IPAddress.IsLoopback(listener.Address), listener.ToString()));
    }

    private async Task PublishAsync(string address, string text)
    {
        await using var connection = await ConnectAsync(address);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), _ct);
        await channel.QueueDeclareAsync("queue", durable: true, exclusive: false, autoDelete: false, cancellationToken: _ct);
        await channel.BasicPublishAsync(
            "", "queue", mandatory: true, new BasicProperties { Persistent = true }, System.Text.Encoding.UTF8.GetBytes(text), _ct);
    }

    private async Task<string> ReceiveAsync(string address)
    {
        await using var connection = await ConnectAsync(address);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: _ct);
        var message = await channel.BasicGetAsync("queue", autoAck: true, _ct);
        return System.Text.Encoding.UTF8.GetString(message!.Body.Span);
    }

    private Task<IConnection> ConnectAsync(string address) =>
        new ConnectionFactory { Uri = new Uri(address) }.CreateConnectionAsync(_ct).WaitAsync(Limit, _ct);
}
