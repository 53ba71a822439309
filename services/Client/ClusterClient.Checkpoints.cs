using Cluster.Client.Checkpoints;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Client.Transport;
using Cluster.Contracts.Checkpoints.V1;
using Cluster.Contracts.Jobs;
using Grpc.Core;

namespace Cluster.Client;

/// <content>Checkpoints: list, keep, export, import, and go on with them.</content>
public sealed partial class ClusterClient
{
    /// <summary>The checkpoints of a job, the oldest first, its last commit among them; without a job the named ones and those of the newest jobs.</summary>
    /// <exception cref="CheckpointNotFoundException">There is no such job.</exception>
    public async Task<IReadOnlyList<CheckpointInfo>> ListCheckpointsAsync(string? jobId = null, CancellationToken cancellationToken = default)
    {
        var request = new ListRequest { Job = jobId ?? "" };
        var reply = await CallCheckpointAsync(request.Job, c => _coordinator.Checkpoints.ListAsync(request, c), cancellationToken).ConfigureAwait(false);
        return [.. reply.Checkpoints.Select(checkpoint => checkpoint.ToInfo())];
    }

    /// <summary>A checkpoint with its fingerprint.</summary>
    /// <param name="id">A job for its last commit, <c>JOB@CLOCK</c>, or a name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CheckpointNotFoundException">There is none.</exception>
    public async Task<CheckpointInfo> GetCheckpointAsync(string id, CancellationToken cancellationToken = default)
        => (await CallCheckpointAsync(id, c => _coordinator.Checkpoints.GetAsync(new GetRequest { Id = id }, c), cancellationToken).ConfigureAwait(false))
        .ToInfo();

    /// <summary>Copies a checkpoint under a name, under which it stays until it is removed.</summary>
    /// <param name="id">A job for its last commit, <c>JOB@CLOCK</c>, or a name.</param>
    /// <param name="name">1 to 64 lower-case letters, digits or '-'.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CheckpointNotFoundException">There is none.</exception>
    /// <exception cref="SpecRejectedException">The name is wrong, or taken.</exception>
    /// <exception cref="OutcomeUnknownException">The cluster did not say in time whether it did so.</exception>
    public async Task<CheckpointInfo> KeepCheckpointAsync(string id, string name, CancellationToken cancellationToken = default)
    {
        var request = new KeepRequest { Id = id, Name = name, IdempotencyKey = Guid.NewGuid().ToString("N") };
        using var span = ClientTracing.Begin("checkpoint keep");
        var call = new KeyedCall(_coordinator, _options, _options.DataStallTimeout, _options.DataStallTimeout);
        try
        {
            return (await call.RunAsync(c => _coordinator.Checkpoints.KeepAsync(request, c), Unknown, cancellationToken).ConfigureAwait(false)).ToInfo();
        }
        catch (ClusterException e) when (e.InnerException is RpcException { StatusCode: StatusCode.NotFound })
        {
            throw new CheckpointNotFoundException(id, e);
        }

        OutcomeUnknownException Unknown(string reason, RpcException e)
            => new(Address, $"it kept the checkpoint '{name}'", reason, $"`cluster checkpoints` lists it if it did", e);
    }

    /// <summary>Removes a checkpoint that has a name.</summary>
    /// <exception cref="CheckpointNotFoundException">There is none.</exception>
    public async Task RemoveCheckpointAsync(string name, CancellationToken cancellationToken = default)
    {
        using var span = ClientTracing.Begin("checkpoint remove");
        var found = await GetCheckpointAsync(name, cancellationToken).ConfigureAwait(false);
        try
        {
            await CallCheckpointAsync(name, c => _coordinator.Checkpoints.RemoveAsync(new RemoveRequest { Name = name }, c), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (CheckpointNotFoundException) when (found.IsNamed)
        {
            // It was there, and is gone: by an attempt whose answer was lost.
        }
    }

    /// <summary>Writes a checkpoint as a safetensors file. The file appears under its name when it is whole.</summary>
    /// <param name="id">A job for its last commit, <c>JOB@CLOCK</c>, or a name.</param>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Replace a file that is there.</param>
    /// <param name="bytes">Told how many bytes came.</param>
    /// <param name="cancellationToken">Ends the export; no file is left.</param>
    /// <exception cref="CheckpointNotFoundException">There is none.</exception>
    /// <exception cref="SpecRejectedException">The file cannot be written, or is there already.</exception>
    public async Task<CheckpointInfo> ExportCheckpointAsync(
        string id, string path, bool overwrite = false, IProgress<long>? bytes = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!overwrite && File.Exists(path)) throw new SpecRejectedException([new SpecViolation("file", path, "is there already")]);
        try
        {
            return await new CheckpointDownload(_coordinator, _options, id, path, overwrite, bytes).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecRejectedException([new SpecViolation("file", path, $"cannot be written: {e.Message}")], e);
        }
    }

    /// <summary>Takes a safetensors file in as a checkpoint, which stays under its name until it is removed.</summary>
    /// <param name="path">The file: one that a cluster exported, or any with a model's tensors.</param>
    /// <param name="name">1 to 64 lower-case letters, digits or '-'; null for a new name.</param>
    /// <param name="like">For a file that another program wrote: a job or checkpoint of the same model.</param>
    /// <param name="bytes">Told how many bytes are sent.</param>
    /// <param name="cancellationToken">Ends the import; nothing of the file stays.</param>
    /// <exception cref="SpecRejectedException">The file cannot be used: one line that says why; nothing of it stays.</exception>
    public async Task<CheckpointInfo> ImportCheckpointAsync(
        string path, string? name = null, string? like = null, IProgress<long>? bytes = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
            await using (file.ConfigureAwait(false))
            {
                var header = new ImportHeader
                {
                    Name = name ?? NewName(),
                    Like = like ?? "",
                    Length = file.Length,
                    File = Path.GetFileName(path),
                    IdempotencyKey = Guid.NewGuid().ToString("N"),
                };
                return await new CheckpointUpload(_coordinator, _options, file, header, bytes).RunAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecRejectedException([new SpecViolation("file", path, $"cannot be read: {e.Message}")], e);
        }
    }

    /// <summary>
    /// Submits a job that goes on where a stopped or failed training job has its last commit, by the same spec. A synchronous
    /// job ends in the bits that the first one would have ended in.
    /// </summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="SpecRejectedException">There is nothing to resume, or it cannot be: each reason is listed.</exception>
    public async Task<JobInfo> ResumeAsync(string jobId, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var job = await GetJobAsync(jobId, cancellationToken).ConfigureAwait(false);
        if (job.Kind != JobKinds.Training)
            throw new SpecRejectedException([new SpecViolation("job", jobId, $"is a {job.Kind} job; only training can be resumed")]);
        if (job.State is JobState.Pending or JobState.Running or JobState.Succeeded)
            throw new SpecRejectedException([new SpecViolation("job", jobId,
                job.State == JobState.Succeeded ? "has succeeded; train --from it with more epochs" : "has not ended")]);
        var spec = System.Text.Json.JsonSerializer.Deserialize<TrainingSpec>(job.Spec!.Value, SpecJson.Options)!;
        // A job that stopped before its first commit begins as it began.
        if (job.Training is { CommittedClock: > 0 }) spec = spec with { From = jobId, WeightsOnly = false };
        return await SubmitAsync(spec, idempotencyKey, cancellationToken).ConfigureAwait(false);
    }

    // Known here, so that the checkpoint is found if the cluster does not say that it took it.
    private static string NewName() => $"checkpoint-{Guid.NewGuid().ToString("N")[..12]}";

    private async Task<T> CallCheckpointAsync<T>(string id, Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await _coordinator.CallAsync(call, id, cancellationToken).ConfigureAwait(false);
        }
        catch (JobNotFoundException e)
        {
            throw new CheckpointNotFoundException(id, e);
        }
    }
}
