using Grpc.Core;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Access;

/// <summary>Names limit and setting where a message was too large, which is refused before any of our code sees it.</summary>
internal sealed class MessageLimitReason(RequestDelegate next, IOptions<AccessOptions> options)
{
    private const string StatusHeader = "grpc-status";
    private const string MessageHeader = "grpc-message";
    private const string SizeWord = "message size";

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        var headers = context.Response.Headers;
        if (context.Response.HasStarted || headers[StatusHeader] != $"{(int)StatusCode.ResourceExhausted}") return;
        if (!Uri.UnescapeDataString(headers[MessageHeader].ToString()).Contains(SizeWord, StringComparison.Ordinal)) return;
        headers[MessageHeader] = Uri.EscapeDataString(
            $"message: more than {options.Value.MessageMaxBytes} bytes; the limit is {CoordinatorOptions.Section}:{nameof(AccessOptions.MessageMaxBytes)}");
    }
}
