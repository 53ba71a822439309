using System.Runtime.InteropServices;
using System.Text.Json;
using Cluster.Compute.Devices;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Messages;
using Cluster.Persistence.Snapshots;
using Cluster.Persistence.Training;
using Cluster.Protocol.Commits;
using Cluster.ServiceDefaults.Redis;
using Cluster.Training.Data;
using Cluster.Training.Models;

namespace Cluster.Worker.Training;

/// <summary>Reads a committed model, computes its mean loss over the data set and records the job's result.</summary>
internal sealed class ModelEvaluator(RedisTraining training, TrainingContexts contexts, SnapshotReader snapshots, ILogger<ModelEvaluator> logger)
{
    private const int BatchRows = 256;

    /// <summary>The event to tell the coordinator, or null where the result is no longer wanted.</summary>
    public async Task<object?> RunAsync(EvaluateModel item, bool isRedelivered, IDevice device, CancellationToken cancellationToken)
    {
        TrainingRecord? record = await RedisRetry.Pipeline.ExecuteAsync(async _ => await training.ReadAsync(item.JobId), cancellationToken);
        if (record is not { IsRunning: true, Plan: { } plan, Protocol.Manifest: { } manifest }
            || record.Protocol.Generation != item.Generation || manifest.Clock != item.Clock)
        {
            return null;
        }

        long? left = await RedisRetry.Pipeline.ExecuteAsync(
            async _ => await training.BeginEvaluationAsync(item.JobId, item.Generation, item.Clock, isRedelivered), cancellationToken);
        if (left is null) return null;
        if (left >= RangeLimits.MaxAttempts) return Failed(item, $"{left} workers left the evaluation unfinished");
        try
        {
            TrainingResult result = await EvaluateAsync(item.JobId, plan, manifest, device, cancellationToken);
            string json = JsonSerializer.Serialize(result, SpecJson.Options);
            bool isRecorded = await RedisRetry.Pipeline.ExecuteAsync(
                async _ => await training.RecordResultAsync(item.JobId, item.Generation, manifest.Id, json), cancellationToken);
            return isRecorded ? new ModelEvaluated { JobId = item.JobId, Generation = item.Generation } : null;
        }
        catch (Exception e) when (e is not OperationCanceledException && !RedisErrors.IsTransient(e))
        {
            TrainingLog.EvaluationFailed(logger, e, item.JobId, item.Clock);
            return Failed(item, e.Message.ReplaceLineEndings(" "));
        }
    }

    private static ModelNotEvaluated Failed(EvaluateModel item, string error) =>
        new() { JobId = item.JobId, Generation = item.Generation, Error = error };

    private async Task<TrainingResult> EvaluateAsync(string jobId, TrainingPlan plan, CommitManifest manifest, IDevice device, CancellationToken cancellationToken)
    {
        TrainingContext context = await contexts.GetAsync(jobId, plan, cancellationToken);
        float[] parameters = await ReadAsync(plan, manifest, cancellationToken);
        double loss = await Task.Run(() => MeanLoss(context.Model, context.Data, parameters, device, cancellationToken), cancellationToken);
        return new TrainingResult
        {
            Mode = plan.Spec.Mode,
            Lanes = plan.Spec.Lanes,
            Steps = manifest.Clock,
            Examples = manifest.Examples,
            Loss = loss,
            Parameters = plan.Parameters > TrainingResult.MaxParameters ? null : plan.Tensors.ToDictionary(
                tensor => tensor.Name, tensor => (IReadOnlyList<float>)parameters[tensor.Offset..(tensor.Offset + tensor.Length)]),
            Fingerprint = ParameterFingerprint.Of(PlacedModel.InOwnOrder(context.Model, parameters)),
        };
    }

    private async Task<float[]> ReadAsync(TrainingPlan plan, CommitManifest manifest, CancellationToken cancellationToken)
    {
        var parameters = new float[plan.Parameters];
        for (int task = 0; task < plan.Stores; task++)
        {
            int first = plan.Offsets[task];
            await snapshots.ReadAsync(manifest.Snapshots[task], plan.Length(task), plan.Slots, (vector, offset, part) =>
            {
                if (vector == 0) MemoryMarshal.Cast<byte, float>(part.Span).CopyTo(parameters.AsSpan(first + offset));
                return Task.FromResult(true);
            }, cancellationToken);
        }

        return parameters;
    }

    private static double MeanLoss(IModel model, DataSet data, ReadOnlyMemory<float> parameters, IDevice device, CancellationToken cancellationToken)
    {
        var batch = new Batch(BatchRows, data.FeatureCount);
        using IDeviceStream stream = device.OpenStream();
        using IModelSession session = model.Open(stream, BatchRows);
        session.Load(parameters);
        Span<double> sums = stackalloc double[model.Metrics.Count];
        sums.Clear();
        for (long row = 0; row < data.Rows; row++)
        {
            batch.Add(data.Features(row), data.Label(row));
            if (batch.Count < BatchRows && row < data.Rows - 1) continue;
            cancellationToken.ThrowIfCancellationRequested();
            session.Evaluate(batch, sums);
            batch.Clear();
        }

        return sums[0] / data.Rows;
    }
}
