using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Predictions.V1;
using Grpc.Core;

namespace Cluster.Coordinator.Predictions;

/// <summary>A client's file as a stream, for a parser on a thread of its own: a read waits for the next part, so the client is held back.</summary>
internal sealed class PartStream(IAsyncStreamReader<PredictPart> parts, TimeProvider time, CancellationToken cancellationToken) : ReadOnlyStream
{
    /// <summary>Most bytes of a part.</summary>
    public const int MaxPartBytes = 1 << 20;

    /// <summary>How long a client may be silent between two parts.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private ReadOnlyMemory<byte> _rest;

    /// <summary>Reads the first part.</summary>
    /// <exception cref="RpcException">It is not a header.</exception>
    public async Task<PredictHeader> ReadHeaderAsync() =>
        await NextAsync() && parts.Current.PartCase == PredictPart.PartOneofCase.Header
            ? parts.Current.Header
            : throw SpecRejection.ToRpcException([new SpecViolation("header", "", "must be the first part")]);

    public override int Read(Span<byte> buffer)
    {
        while (_rest.IsEmpty)
        {
            // The thread is there to be blocked.
            if (!NextAsync().GetAwaiter().GetResult()) return 0;
            if (parts.Current.PartCase != PredictPart.PartOneofCase.Content)
                throw SpecRejection.ToRpcException([new SpecViolation("part", $"{parts.Current.PartCase}", "must be content, after one header")]);
            _rest = parts.Current.Content.Memory;
            if (_rest.Length > MaxPartBytes)
                throw SpecRejection.ToRpcException([new SpecViolation("content", $"{_rest.Length} bytes", $"must have at most {MaxPartBytes} bytes")]);
        }

        var bytes = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..bytes].CopyTo(buffer);
        _rest = _rest[bytes..];
        return bytes;
    }

    private async Task<bool> NextAsync()
    {
        using var silence = new CancellationTokenSource(Patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            return await parts.MoveNext(stop.Token);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Aborted, $"no part of the file came for {Patience.TotalSeconds:F0} s"));
        }
    }
}
