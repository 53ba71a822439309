using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Cluster.AppHost.Servers;
using Cluster.Support.Servers;

namespace Cluster.Support.Processes;

/// <summary>
/// A network link that a test cuts, slows down and holds: a TCP proxy on 127.0.0.1. Bytes are never changed, lost or
/// reordered within a connection; that is what TCP promises too.
/// </summary>
internal sealed class FaultyLink : IAsyncDisposable
{
    private const int BufferBytes = 64 << 10;
    private const int MaxPieces = 64;
    private static readonly TimeSpan HoldPoll = TimeSpan.FromMilliseconds(20);

    private readonly int _target;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Connection, bool> _connections = new();
    private readonly Task _accepting;
    private long _bytes;
    private long _delayTicks;
    private long _latencyTicks;
    private volatile bool _isHeld;

    /// <param name="target">Port of 127.0.0.1 that connections go to.</param>
    public FaultyLink(int target)
    {
        _target = target;
        Port = LoopbackPorts.Take();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    /// <summary>Bytes that have passed, in both directions.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Connections that stand now.</summary>
    public int Connections => _connections.Count;

    /// <summary>Time for which each piece of up to 64 KiB waits before it goes on; zero for a link that is whole.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>Time for which each piece is on its way, beside the others: half of what a round trip takes longer. Bandwidth stays as it is.</summary>
    public TimeSpan Latency
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _latencyTicks));
        set => Interlocked.Exchange(ref _latencyTicks, value.Ticks);
    }

    /// <summary>Resets every connection that stands, in both directions; new ones are taken.</summary>
    /// <returns>How many were cut.</returns>
    public int Cut()
    {
        var cut = 0;
        foreach (var connection in _connections.Keys)
        {
            if (!_connections.TryRemove(connection, out _)) continue;
            connection.Reset();
            cut++;
        }

        return cut;
    }

    /// <summary>Nothing passes any more, and nobody is told: connections stand, new ones are taken and stay silent.</summary>
    public void Hold() => _isHeld = true;

    /// <summary>What was held goes on.</summary>
    public void Release() => _isHeld = false;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The listener has stopped, or a client went away before it was taken.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var connection = new Connection(client, new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _connections.TryAdd(connection, true);
        try
        {
            await WhileHeldAsync();
            await connection.Server.ConnectAsync(IPAddress.Loopback, _target, _stopping.Token);
            client.NoDelay = connection.Server.NoDelay = true;
            await Task.WhenAll(PumpAsync(client, connection.Server), PumpAsync(connection.Server, client));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side went away, or the link was cut: so the other side goes too.
        }
        finally
        {
            if (_connections.TryRemove(connection, out _)) connection.Reset();
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var pieces = Channel.CreateBounded<Piece>(MaxPieces);
        await Task.WhenAll(TakeAsync(from, pieces.Writer), PassOnAsync(pieces.Reader, from, to));
    }

    private async Task TakeAsync(Socket from, ChannelWriter<Piece> pieces)
    {
        try
        {
            while (true)
            {
                var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
                var read = await from.ReceiveAsync(buffer.AsMemory(0, BufferBytes), _stopping.Token);
                if (read == 0) break;
                // Meanwhile the sender's bytes gather, and go on as one piece.
                if (Delay is var delay && delay > TimeSpan.Zero) await Task.Delay(delay, _stopping.Token);
                await pieces.WriteAsync(new Piece(buffer, read, Stopwatch.GetTimestamp()), _stopping.Token);
            }

            pieces.Complete();
        }
        catch (Exception e)
        {
            pieces.TryComplete(e);
        }
    }

    private async Task PassOnAsync(ChannelReader<Piece> pieces, Socket from, Socket to)
    {
        try
        {
            await foreach (var piece in pieces.ReadAllAsync(_stopping.Token))
            {
                if (Latency - Stopwatch.GetElapsedTime(piece.TakenAt) is var left && left > TimeSpan.Zero) await Task.Delay(left, _stopping.Token);
                await WhileHeldAsync();
                for (var sent = 0; sent < piece.Length;)
                    sent += await to.SendAsync(piece.Buffer.AsMemory(sent, piece.Length - sent), _stopping.Token);
                Interlocked.Add(ref _bytes, piece.Length);
                ArrayPool<byte>.Shared.Return(piece.Buffer);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // The other direction has nothing to wait for.
            from.Close();
            to.Close();
            throw;
        }
    }

    private async Task WhileHeldAsync()
    {
        while (_isHeld)
            await Task.Delay(HoldPoll, _stopping.Token);
    }

    /// <summary>Bytes on their way, in a buffer of the shared pool.</summary>
    private readonly record struct Piece(byte[] Buffer, int Length, long TakenAt);

    private sealed record Connection(Socket Client, Socket Server)
    {
        public void Reset()
        {
            Close(Client);
            Close(Server);
        }

        // Closing with a linger of zero sends RST instead of FIN.
        private static void Close(Socket socket)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is gone already, or was never connected.
            }

            socket.Close();
        }
    }
}
