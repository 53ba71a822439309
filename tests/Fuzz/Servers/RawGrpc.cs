using System.Buffers.Binary;
using System.Net;
using Grpc.Core;

namespace Cluster.Fuzz.Servers;

/// <summary>What a server answered to a body.</summary>
/// <param name="Status">gRPC's status; Unknown where the stream was reset.</param>
/// <param name="Detail">Its text, or how the stream was reset.</param>
/// <param name="IsEnded">Whether the answer came to its end before patience did.</param>
internal sealed record RawAnswer(StatusCode Status, string Detail, bool IsEnded);

/// <summary>Calls gRPC methods with bodies of any bytes, over HTTP/2.</summary>
internal sealed class RawGrpc : IDisposable
{
    private const long EnhanceYourCalm = 0xB;
    private const int MaxTries = 100;

    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _client;

    public RawGrpc(Uri address, string key)
    {
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            BaseAddress = address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        _client.DefaultRequestHeaders.TE.Add(new("trailers"));
    }

    /// <summary>A message as it lies in a body.</summary>
    public static byte[] Framed(byte[] message)
    {
        var body = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), message.Length);
        message.CopyTo(body, 5);
        return body;
    }

    /// <summary>Sends a body and reads the answer to its end, or until patience is over.</summary>
    /// <param name="method"><c>cluster.jobs.v1.Jobs/Get</c>.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="patience">How long an answer that goes on and on is read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <remarks>Kestrel counts a stream that it ended before its body for seconds more, and takes no new one of a connection that has too many: then none of
    /// the body was read, and it is sent again.</remarks>
    public async Task<RawAnswer> PostAsync(string method, byte[] body, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await PostOnceAsync(method, body, patience, cancellationToken);
            }
            catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.HttpProtocolError or HttpRequestError.ResponseEnded)
            {
                if (tries == MaxTries || e.InnerException is not HttpProtocolException { ErrorCode: EnhanceYourCalm })
                    return new RawAnswer(StatusCode.Unknown, (e.InnerException ?? e).Message, IsEnded: true);
            }

            await Task.Delay(Calm, cancellationToken);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<RawAnswer> PostOnceAsync(string method, byte[] body, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/grpc") } },
        };
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            end.CancelAfter(patience);
            await response.Content.CopyToAsync(Stream.Null, end.Token);
            return Read(response);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new RawAnswer(StatusCode.OK, "", IsEnded: false);
        }
    }

    private static RawAnswer Read(HttpResponseMessage response)
    {
        var status = Value(response, "grpc-status");
        return status is null
            ? throw new InvalidDataException($"HTTP {(int)response.StatusCode} without a grpc-status")
            : new RawAnswer((StatusCode)int.Parse(status, System.Globalization.CultureInfo.InvariantCulture),
            Uri.UnescapeDataString(Value(response, "grpc-message") ?? ""), IsEnded: true);
    }

    private static string? Value(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.First() : null;
}
