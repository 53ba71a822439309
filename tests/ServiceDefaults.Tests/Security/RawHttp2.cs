using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cluster.ServiceDefaults.Tests.Security;

/// <summary>A connection that speaks HTTP/2 without TLS frame by frame, so that a test sees what was sent and in which order.</summary>
internal sealed class RawHttp2 : IDisposable
{
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, GoAway = 7;
    private const byte EndStream = 1, EndHeaders = 4;
    private const int HeaderBytes = 9;

    // SETTINGS_HEADER_TABLE_SIZE is 0: the server then spells every status out.
    private static readonly byte[] NoHeaderTable = [0, 1, 0, 0, 0, 0];

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;

    private RawHttp2(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    public static async Task<RawHttp2> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Parse(address.Host), address.Port, cancellationToken);
        var raw = new RawHttp2(client);
        await raw._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), cancellationToken);
        await raw.SendAsync(Settings, 0, 0, NoHeaderTable, cancellationToken);
        return raw;
    }

    /// <summary>Begins a gRPC call whose body is still to come.</summary>
    public Task PostAsync(int stream, string path, CancellationToken cancellationToken)
    {
        (string, string)[] headers =
            [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "cluster"), ("content-type", "application/grpc"), ("te", "trailers")];
        return SendAsync(Headers, EndHeaders, stream, [.. headers.SelectMany(header => Literal(header.Item1, header.Item2))], cancellationToken);
    }

    public Task SendBodyAsync(int stream, int bytes, bool isLast, CancellationToken cancellationToken)
        => SendAsync(Data, isLast ? EndStream : (byte)0, stream, new byte[bytes], cancellationToken);

    /// <summary>The next frame of a stream: <c>401</c> for its headers, <c>data</c>, <c>reset</c>; with <c>, end</c> where it is the last.</summary>
    public async Task<string> ReadAsync(int stream, CancellationToken cancellationToken)
    {
        var head = new byte[HeaderBytes];
        while (true)
        {
            await _stream.ReadExactlyAsync(head, cancellationToken);
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await _stream.ReadExactlyAsync(payload, cancellationToken);
            if (head[3] == GoAway) throw new IOException($"the server ends the connection: {Convert.ToHexString(payload)}");
            if (BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) != stream || head[3] is not (Data or Headers or Reset)) continue;
            var end = head[3] != Reset && (head[4] & EndStream) != 0 ? ", end" : "";
            return head[3] switch { Reset => "reset", Data => "data", _ => StatusOf(payload) } + end;
        }
    }

    public void Dispose() => _client.Dispose();

    // The server writes a status beyond the static table as three digits, uncompressed.
    private static string StatusOf(byte[] block) => Encoding.ASCII.GetString(block).Contains("401", StringComparison.Ordinal) ? "401" : "headers";

    // A literal header field that is not indexed, without compression.
    private static IEnumerable<byte> Literal(string name, string value)
        => [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private async Task SendAsync(byte type, byte flags, int stream, byte[] payload, CancellationToken cancellationToken)
    {
        var frame = new byte[HeaderBytes + payload.Length];
        (frame[0], frame[1], frame[2]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, HeaderBytes);
        await _stream.WriteAsync(frame, cancellationToken);
    }
}
