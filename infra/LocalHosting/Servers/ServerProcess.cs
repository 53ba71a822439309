using Cluster.LocalHosting.Processes;

namespace Cluster.LocalHosting.Servers;

/// <summary>
/// A server of the machine as a private child: own data directory, loopback only, a random port and password. It can
/// be killed and started again on the same data and port. It ends with this process at the latest.
/// </summary>
public abstract class ServerProcess : IAsyncDisposable
{
    private const int StartAttempts = 3;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    private ChildProcess? _process;

    private protected ServerProcess(string kind, Action<string>? output)
    {
        Kind = kind;
        Output = output ?? (_ => { });
        DataDirectory = Directory.CreateTempSubdirectory($"cluster-aspire-{kind}-").FullName;
        Port = LoopbackPorts.Take();
        Password = Secrets.NewKey();
    }

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>Process id of the server, or of the last one while it is down.</summary>
    public int ProcessId => Process.Id;

    /// <summary>Where the server keeps its data until it is disposed of.</summary>
    public string DataDirectory { get; }

    /// <summary>What a client needs to connect.</summary>
    public abstract string ConnectionString { get; }

    internal ChildProcess Process => _process ?? throw new InvalidOperationException($"{Kind} was not started");

    private protected string Kind { get; }

    private protected string Password { get; }

    private protected Action<string> Output { get; }

    /// <summary>Kills the server at once (SIGKILL) and returns when it is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        Process.Kill();
        await Process.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the server to end (SIGTERM), kills it after the grace time, and returns when it is gone.</summary>
    public Task StopAsync(TimeSpan grace) => Process.StopAsync(grace);

    /// <summary>Starts the server again on its data and port, killing it first if it runs; returns when it accepts.</summary>
    /// <exception cref="LocalHostingException">The server did not come up.</exception>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await Process.DisposeAsync().ConfigureAwait(false);
        _process = Launch();
        if (!await WaitUntilAcceptingAsync(cancellationToken).ConfigureAwait(false))
            throw new LocalHostingException($"{Kind} did not start again on 127.0.0.1:{Port} (exit code {await ExitCodeAsync().ConfigureAwait(false)})");
    }

    /// <summary>Kills the server and removes its data.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is not null)
            await _process.DisposeAsync().ConfigureAwait(false);
        if (Directory.Exists(DataDirectory))
            Directory.Delete(DataDirectory, recursive: true);
    }

    private protected async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            _process = Launch();
            if (await WaitUntilAcceptingAsync(cancellationToken).ConfigureAwait(false))
                return;
            var exitCode = await ExitCodeAsync().ConfigureAwait(false);
            if (attempt == StartAttempts)
                throw new LocalHostingException($"{Kind} ended with exit code {exitCode} before it accepted connections, {attempt} times");
            await _process.DisposeAsync().ConfigureAwait(false);
            // Somebody may have taken the port between the draw and the start.
            Port = LoopbackPorts.Take();
        }
    }

    private protected abstract ChildProcess Launch();

    /// <summary>Whether the server answers its protocol now; false or an exception mean not yet.</summary>
    private protected abstract Task<bool> ProbeAsync(CancellationToken cancellationToken);

    private async Task<int> ExitCodeAsync() => await Process.Exited.ConfigureAwait(false);

    /// <summary>True when the server accepts, false when it has ended before.</summary>
    private async Task<bool> WaitUntilAcceptingAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartTimeout);
        try
        {
            while (!Process.Exited.IsCompleted)
            {
                if (await TryProbeAsync(deadline.Token).ConfigureAwait(false))
                    return true;
                await Task.WhenAny(Process.Exited, Task.Delay(ProbeInterval, deadline.Token)).ConfigureAwait(false);
                deadline.Token.ThrowIfCancellationRequested();
            }

            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LocalHostingException($"{Kind} did not accept connections on 127.0.0.1:{Port} within {StartTimeout.TotalSeconds} s");
        }
    }

    private async Task<bool> TryProbeAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProbeTimeout);
        try
        {
            return await ProbeAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
