using Cluster.Contracts.Checkpoints.V1;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Jobs;
using Cluster.Models.Safetensors;
using Grpc.Core;

namespace Cluster.Coordinator.Checkpoints;

/// <summary>A client's file, part by part: the next is asked for when the one before is used up, so the client is held back.</summary>
internal sealed class PartReader(IAsyncStreamReader<ImportPart> parts, TimeProvider time)
{
    /// <summary>Most bytes of a part.</summary>
    public const int MaxPartBytes = 1 << 20;

    private const int MaxFileName = 256;

    /// <summary>How long a client may be silent between two parts.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private ReadOnlyMemory<byte> _rest;

    /// <summary>Bytes that came so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads the header.</summary>
    /// <exception cref="RpcException">It is wrong, or not the first part.</exception>
    public async Task<ImportHeader> ReadHeaderAsync(long maxBytes, CancellationToken cancellationToken)
    {
        if (!await NextAsync(cancellationToken) || parts.Current.PartCase != ImportPart.PartOneofCase.Header)
            throw Refused("header", "", "must be the first part");
        var header = parts.Current.Header;
        if (header.Name.Length > 0 && !CheckpointId.IsName(header.Name)) throw Refused("name", header.Name, CheckpointId.NameForm);
        if (header.IdempotencyKey.Length > JobSubmission.MaxKeyLength) throw Refused("idempotency_key", header.IdempotencyKey, JobSubmission.KeyForm);
        if (header.File.Length > MaxFileName) throw Refused("file", header.File, $"must have at most {MaxFileName} characters");
        if (header.Like.Length > 0 && !CheckpointId.IsWellFormed(header.Like)) throw Refused("like", header.Like, CheckpointId.Form);
        return header.Length >= SafetensorsHeader.PrefixBytes && header.Length <= maxBytes
            ? header
            : throw Refused("file", header.File, FormattableString.Invariant(
            $"has {header.Length} bytes; must have {SafetensorsHeader.PrefixBytes} to {maxBytes}"));
    }

    /// <summary>Fills a buffer whole.</summary>
    /// <exception cref="SafetensorsException">The file ended before.</exception>
    /// <exception cref="RpcException">A part is wrong, or none comes any more.</exception>
    public async Task ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        while (!target.IsEmpty)
        {
            if (_rest.IsEmpty && !await ReceiveAsync(cancellationToken))
                throw new SafetensorsException($"the file is truncated: {Bytes} bytes came");
            var bytes = Math.Min(target.Length, _rest.Length);
            _rest[..bytes].CopyTo(target);
            (target, _rest) = (target[bytes..], _rest[bytes..]);
        }
    }

    /// <summary>Checks that nothing more comes.</summary>
    /// <exception cref="SafetensorsException">There is more.</exception>
    public async Task RequireEndAsync(CancellationToken cancellationToken)
    {
        while (_rest.IsEmpty)
        {
            if (!await ReceiveAsync(cancellationToken)) return;
        }

        throw new SafetensorsException("the file is longer than its length says");
    }

    private async Task<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (!await NextAsync(cancellationToken)) return false;
        if (parts.Current.PartCase != ImportPart.PartOneofCase.Content) throw Refused("part", $"{parts.Current.PartCase}", "must be content, after one header");
        _rest = parts.Current.Content.Memory;
        if (_rest.Length > MaxPartBytes) throw Refused("content", $"{_rest.Length} bytes", $"must have at most {MaxPartBytes} bytes");
        Bytes += _rest.Length;
        return true;
    }

    private async Task<bool> NextAsync(CancellationToken cancellationToken)
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

    private static RpcException Refused(string field, string value, string limit) => SpecRejection.ToRpcException([new SpecViolation(field, value, limit)]);
}
