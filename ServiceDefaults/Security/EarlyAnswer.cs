using Microsoft.AspNetCore.Http;

namespace Cluster.ServiceDefaults.Security;

/// <summary>
/// Ends an HTTP/2 request that is answered before its body is read. Kestrel resets the stream of one whose body is still
/// arriving, in the same write as the answer, and clients such as curl then drop the answer: so the answer goes first, and
/// the body is read to its end and thrown away, within limits that a caller without a key cannot stretch.
/// </summary>
internal static class EarlyAnswer
{
    /// <summary>Most bytes that are thrown away; what comes behind them is reset.</summary>
    public const int MaxBytes = 4 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Sends the answer's headers, then reads what is left of the request.</summary>
    public static async Task CompleteAsync(HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol)) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(Limit);
        try
        {
            await context.Response.Body.FlushAsync(limit.Token);
            await DiscardAsync(context.Request, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The caller is gone, or sends for longer than anybody waits.
        }
    }

    private static async Task DiscardAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        for (var discarded = 0L; discarded < MaxBytes;)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            discarded += read.Buffer.Length;
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}
