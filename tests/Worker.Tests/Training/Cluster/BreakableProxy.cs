using System.Net;
using System.Net.Sockets;

namespace Cluster.Worker.Tests.Training.Cluster;

/// <summary>Stands between workers and a ps process, and breaks their connections when asked to.</summary>
internal sealed class BreakableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TcpClient> _clients = [];
    private readonly Task _accepting;
    private TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BreakableProxy()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Where connections go; set before the first one.</summary>
    public Uri? Target { get; set; }

    /// <summary>Completes when there is a connection that was not broken.</summary>
    public Task ConnectedAsync(CancellationToken cancellationToken)
    {
        lock (_clients) return _connected.Task.WaitAsync(TrainingCluster.Limit, cancellationToken);
    }

    /// <summary>Breaks the connections that stand; waits for one where there is none, so that a break always hits.</summary>
    public async Task BreakAsync(CancellationToken cancellationToken)
    {
        await ConnectedAsync(cancellationToken);
        Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Close();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var worker = await _listener.AcceptTcpClientAsync(_stop.Token);
                var store = new TcpClient();
                await store.ConnectAsync(Target!.Host, Target.Port, _stop.Token);
                (worker.NoDelay, store.NoDelay) = (true, true);
                lock (_clients)
                {
                    _clients.AddRange([worker, store]);
                    _connected.TrySetResult();
                }

                _ = PumpAsync(worker, store);
                _ = PumpAsync(store, worker);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Stopped.
        }
    }

    private void Close()
    {
        lock (_clients)
        {
            foreach (var client in _clients) client.Dispose();
            _clients.Clear();
            if (_connected.Task.IsCompleted) _connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Broken.
        }

        from.Dispose();
        to.Dispose();
    }
}
