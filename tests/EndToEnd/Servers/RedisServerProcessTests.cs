using Cluster.Support.Processes;
using Cluster.Support.Servers;
using StackExchange.Redis;

namespace Cluster.EndToEnd.Servers;

public sealed class RedisServerProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public RedisServerProcessTests() => InstalledServers.Require();

    [Fact]
    public async Task Restart_AfterKill_HasWhatItAcknowledged()
    {
        await using var server = await RedisServerProcess.StartAsync(cancellationToken: _ct);
        var (port, process) = (server.Port, server.ProcessId);
        await using (var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString).WaitAsync(Limit, _ct))
            await connection.GetDatabase().StringSetAsync("key", "value");

        await server.KillAsync(_ct);
        Assert.False(ProcessTable.IsAlive(process));
        await server.RestartAsync(_ct);

        Assert.Equal(port, server.Port);
        Assert.NotEqual(process, server.ProcessId);
        await using var again = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString).WaitAsync(Limit, _ct);
        Assert.Equal("value", await again.GetDatabase().StringGetAsync("key"));
    }

    [Fact]
    public async Task Start_Server_HidesItsPasswordAndRefusesStrangers()
    {
        await using var server = await RedisServerProcess.StartAsync(cancellationToken: _ct);
        var password = server.ConnectionString.Split("password=")[1];

        var commandLine = await File.ReadAllTextAsync(FormattableString.Invariant($"/proc/{server.ProcessId}/cmdline"), _ct);
        Assert.DoesNotContain(password, commandLine, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(Path.Combine(server.DataDirectory, "redis.conf")));
        await Assert.ThrowsAnyAsync<RedisException>(async () =>
        {
            await using var stranger = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},connectRetry=0");
            await stranger.GetDatabase().PingAsync();
        });
    }

    [Fact]
    public async Task Start_Configuration_SyncsEveryWriteAndNeverEvicts()
    {
        await using var server = await RedisServerProcess.StartAsync(cancellationToken: _ct);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",allowAdmin=true").WaitAsync(Limit, _ct);
        var redis = connection.GetServer("127.0.0.1", server.Port);

        async Task<string> Setting(string name) => (await redis.ConfigGetAsync(name)).Single().Value;
        Assert.Equal("yes", await Setting("appendonly"));
        Assert.Equal("always", await Setting("appendfsync"));
        Assert.Equal("noeviction", await Setting("maxmemory-policy"));
        Assert.Equal("127.0.0.1", await Setting("bind"));
    }

    [Fact]
    public async Task Dispose_RunningServers_SideBySide_LeaveNothing()
    {
        var (first, second) = (await RedisServerProcess.StartAsync(cancellationToken: _ct), await RedisServerProcess.StartAsync(cancellationToken: _ct));
        Assert.NotEqual(first.Port, second.Port);
        Assert.NotEqual(first.ConnectionString.Split("password=")[1], second.ConnectionString.Split("password=")[1]);

        await first.DisposeAsync();
        await second.DisposeAsync();

        foreach (var server in new[] { first, second })
        {
            Assert.Empty(await ProcessTable.LivingAfterAsync(() => ProcessTable.WorkingIn(server.DataDirectory), Limit, _ct));
            Assert.False(Directory.Exists(server.DataDirectory));
        }
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
