using System.Security.Cryptography;
using Cluster.Contracts.Checkpoints.V1;
using Cluster.Storage.Checkpoints;
using Cluster.Storage.Snapshots;
using Google.Protobuf;
using Grpc.Core;

namespace Cluster.Coordinator.Checkpoints;

/// <summary>Sends a checkpoint as a safetensors file, in parts of at most 1 MiB: memory for one part, whatever the size.</summary>
internal sealed class CheckpointExport(CheckpointReader reader, CheckpointView view)
{
    /// <exception cref="SnapshotUnreadableException">It is gone or damaged.</exception>
    public async Task SendAsync(StoredCheckpoint checkpoint, IServerStreamWriter<ExportPart> parts, CancellationToken cancellationToken)
    {
        await reader.VerifyAsync(checkpoint, cancellationToken);
        var whole = await view.WithFingerprintAsync(checkpoint, cancellationToken);
        var header = CheckpointFile.Describe(whole, await HashAsync(whole, cancellationToken));
        var first = header.ToBytes();
        using var sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await parts.WriteAsync(new ExportPart
        {
            Header = new ExportHeader { Length = first.Length + header.DataBytes, Checkpoint = await view.DescribeAsync(whole, cancellationToken) },
        }, cancellationToken);
        for (var offset = 0; offset < first.Length; offset += PartReader.MaxPartBytes)
            await SendAsync(first.AsMemory(offset, Math.Min(PartReader.MaxPartBytes, first.Length - offset)));
        for (var vector = 0; vector <= whole.Plan.Slots; vector++)
        {
            await foreach (var (_, part) in reader.PartsAsync(whole, vector, cancellationToken)) await SendAsync(part);
        }

        await parts.WriteAsync(new ExportPart { Sha256 = Convert.ToHexStringLower(sent.GetHashAndReset()) }, cancellationToken);

        // A part is serialized when it is sent, so that the buffer is free again.
        async Task SendAsync(ReadOnlyMemory<byte> part)
        {
            sent.AppendData(part.Span);
            await parts.WriteAsync(new ExportPart { Content = UnsafeByteOperations.UnsafeWrap(part) }, cancellationToken);
        }
    }

    private async Task<string> HashAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var vector = 0; vector <= checkpoint.Plan.Slots; vector++)
        {
            await foreach (var (_, part) in reader.PartsAsync(checkpoint, vector, cancellationToken)) hash.AppendData(part.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
