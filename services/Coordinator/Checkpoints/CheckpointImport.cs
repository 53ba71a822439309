using Cluster.Contracts.Checkpoints.V1;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Jobs;
using Cluster.Models;
using Cluster.Models.Safetensors;
using Cluster.Protocol.Plans;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Checkpoints;
using Cluster.Storage.Snapshots;
using Grpc.Core;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Checkpoint = Cluster.Protocol.Commits.Checkpoint;

namespace Cluster.Coordinator.Checkpoints;

/// <summary>Takes a safetensors file part by part and keeps it under a name. Its header is checked whole before a byte is written;
/// of a file that is refused nothing stays.</summary>
internal sealed class CheckpointImport(
    RedisCheckpoints checkpoints, CheckpointReader reader, ModelCatalog models,
    [FromKeyedServices(RedisExtensions.Bulk)] IConnectionMultiplexer redis, IOptions<CoordinatorOptions> options, TimeProvider time)
{
    /// <exception cref="RpcException">INVALID_ARGUMENT with what is wrong with the file; ABORTED when no part comes any more.</exception>
    public async Task<StoredCheckpoint> ReceiveAsync(IAsyncStreamReader<ImportPart> parts, CancellationToken cancellationToken)
    {
        var file = new PartReader(parts, time);
        var header = await file.ReadHeaderAsync(options.Value.CheckpointMaxBytes, cancellationToken);
        var like = await LikeAsync(header.Like);
        try
        {
            return await ReceiveAsync(file, header, like, cancellationToken);
        }
        catch (Exception e) when (e is SafetensorsException or SnapshotUnreadableException)
        {
            throw SpecRejection.ToRpcException([new SpecViolation("file", header.File, e.Message)]);
        }
    }

    private async Task<StoredCheckpoint> ReceiveAsync(PartReader file, ImportHeader header, TrainingPlan? like, CancellationToken cancellationToken)
    {
        var imported = CheckpointFile.Read(await ReadHeaderAsync(file, header.Length, cancellationToken), like, models);
        var name = header.Name.Length > 0 ? header.Name : NewId.Of("checkpoint");
        using var upload = new CheckpointUpload(redis, imported, name);
        var stored = new StoredCheckpoint
        {
            Id = name,
            Plan = imported.Plan,
            State = new Checkpoint
            {
                Generation = upload.Key.Generation,
                Clock = imported.Clock,
                Examples = imported.Examples,
                Time = time.GetUtcNow().ToUnixTimeMilliseconds(),
                Snapshots = [upload.Key],
            },
            Origin = header.File.Length > 0 ? header.File : "a file",
            IdempotencyKey = header.IdempotencyKey,
        };
        var isKept = false;
        try
        {
            await upload.WriteAsync(file.ReadAsync, cancellationToken);
            await file.RequireEndAsync(cancellationToken);
            stored = stored with { Fingerprint = await reader.FingerprintAsync(stored, cancellationToken) };
            if (imported.Fingerprint.Length > 0 && imported.Fingerprint != stored.Fingerprint)
                throw new SafetensorsException("the parameters do not have the fingerprint that the header names: the file is damaged");
            var kept = await NamedCheckpoints.AddAsync(checkpoints, stored);
            isKept = ReferenceEquals(kept, stored);
            return kept;
        }
        finally
        {
            if (!isKept) await NamedCheckpoints.TryDiscardAsync(checkpoints, stored);
        }
    }

    private static async Task<SafetensorsHeader> ReadHeaderAsync(PartReader file, long length, CancellationToken cancellationToken)
    {
        var prefix = new byte[SafetensorsHeader.PrefixBytes];
        await file.ReadAsync(prefix, cancellationToken);
        var json = new byte[SafetensorsHeader.ReadLength(prefix, length)];
        await file.ReadAsync(json, cancellationToken);
        return SafetensorsHeader.Parse(json, length - prefix.Length - json.Length);
    }

    private async Task<TrainingPlan?> LikeAsync(string like)
    {
        if (like.Length == 0) return null;
        return CheckpointId.TryParse(like, out var id) && await checkpoints.FindAsync(id) is { } found
            ? found.Plan
            : throw SpecRejection.ToRpcException([new SpecViolation("like", like, "there is no such job or checkpoint")]);
    }
}
