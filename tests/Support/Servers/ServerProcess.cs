using System.Collections.Concurrent;
using System.Net.Sockets;
using Cluster.AppHost.Servers;

namespace Cluster.Support.Servers;

/// <summary>
/// A server of the machine as a private child: own data directory, loopback only, a random port and password. It can
/// be killed and started again on the same data and port. It ends with this process at the latest.
/// </summary>
public abstract class ServerProcess : IAsyncDisposable
{
    private const int StartAttempts = 3;
    private const int KeptLines = 20;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    private readonly string _kind;
    private readonly ConcurrentQueue<string> _lastLines = new();
    private ChildProcess? _process;

    private protected ServerProcess(string kind)
    {
        _kind = kind;
        DataDirectory = Directory.CreateTempSubdirectory($"cluster-aspire-{kind}-").FullName;
    }

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; private set; } = LoopbackPorts.Take();

    /// <summary>Process id of the server, or of the last one while it is down.</summary>
    public int ProcessId => Process.Id;

    /// <summary>Ends with the server's exit code when it has ended, or the last one while it is down.</summary>
    public Task<int> Exited => Process.Exited;

    /// <summary>Where the server keeps its data until it is disposed of.</summary>
    public string DataDirectory { get; }

    /// <summary>What a client needs to connect.</summary>
    public abstract string ConnectionString { get; }

    private protected string Password { get; } = Secrets.NewKey();

    private ChildProcess Process => _process ?? throw new InvalidOperationException($"{_kind} was not started");

    /// <summary>Kills the server at once (SIGKILL) and returns when it is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        Process.Kill();
        await Exited.WaitAsync(cancellationToken);
    }

    /// <summary>Asks the server to end (SIGTERM) and returns when it is gone.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        Process.Terminate();
        await Exited.WaitAsync(cancellationToken);
    }

    /// <summary>Starts the server again on its data and port, killing it first if it runs; returns when it accepts.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await Process.DisposeAsync();
        _process = Launch();
        if (!await WaitUntilAcceptingAsync(cancellationToken))
            throw await EndedAsync();
    }

    /// <summary>Kills the server and removes its data.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is not null)
            await _process.DisposeAsync();
        if (Directory.Exists(DataDirectory))
            Directory.Delete(DataDirectory, recursive: true);
    }

    /// <summary>Starts the server and returns when it accepts; without success it is disposed of.</summary>
    private protected async Task BringUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                _process = Launch();
                if (await WaitUntilAcceptingAsync(cancellationToken))
                    return;
                if (attempt == StartAttempts)
                    throw await EndedAsync();
                await _process.DisposeAsync();
                // Somebody may have taken the port between the draw and the start.
                Port = LoopbackPorts.Take();
            }
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>What starts the server on its port and data.</summary>
    private protected abstract ChildProcessStart Prepare();

    /// <summary>Whether the server answers its protocol now; false or an exception mean not yet.</summary>
    private protected abstract Task<bool> ProbeAsync(CancellationToken cancellationToken);

    private ChildProcess Launch() => ChildProcess.Start(Prepare() with
    {
        WorkingDirectory = DataDirectory,
        DataDirectory = DataDirectory,
        Output = Keep,
    });

    private void Keep(string line)
    {
        _lastLines.Enqueue(line);
        if (_lastLines.Count > KeptLines)
            _lastLines.TryDequeue(out _);
    }

    private async Task<InvalidOperationException> EndedAsync() => new(
        $"{_kind} ended with exit code {await Exited} before it accepted connections on 127.0.0.1:{Port}\n{string.Join('\n', _lastLines)}");

    /// <summary>True when the server accepts, false when it has ended before.</summary>
    private async Task<bool> WaitUntilAcceptingAsync(CancellationToken cancellationToken)
    {
        var deadline = DateTime.UtcNow + StartLimit;
        while (!Exited.IsCompleted)
        {
            if (await TryProbeAsync(cancellationToken))
                return true;
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"{_kind} did not accept connections on 127.0.0.1:{Port} within {StartLimit.TotalSeconds} s");
            await Task.WhenAny(Exited, Task.Delay(ProbeInterval, cancellationToken));
        }

        return false;
    }

    private async Task<bool> TryProbeAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProbeLimit);
        try
        {
            return await ProbeAsync(limit.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
