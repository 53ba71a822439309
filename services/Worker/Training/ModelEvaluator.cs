using Cluster.Compute.Devices;
using Cluster.Contracts.Errors;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Plans;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Training;
using Cluster.Worker.Deadlines;
using Cluster.Worker.Slots;
using Microsoft.Extensions.Options;

namespace Cluster.Worker.Training;

/// <summary>Reads a committed model, sums its metrics over a range of examples and records the sums.</summary>
internal sealed class ModelEvaluator(
    RedisTraining training, TrainingInputsCache contexts, CommittedModels models, CodeDeadline deadline, IOptions<WorkerOptions> options,
    ILogger<ModelEvaluator> logger)
{
    /// <summary>The event to tell the coordinator, or null where the evaluation is no longer wanted.</summary>
    /// <exception cref="DeviceException">The device is lost: the item goes back to the queue.</exception>
    public async Task<object?> RunAsync(EvaluateModel item, bool isRedelivered, DeviceSlot slot, CancellationToken cancellationToken)
    {
        var device = slot.Hardware.Open;
        var record = await RedisRetry.Pipeline.ExecuteAsync(async _ => await training.ReadAsync(item.JobId), cancellationToken);
        if (record is not { IsRunning: true, Plan: { } plan } || record.Find(item.Commit) is not { } manifest) return null;
        var left = await RedisRetry.Pipeline.ExecuteAsync(async _ => await training.BeginEvaluationAsync(item, isRedelivered), cancellationToken);
        if (left is null) return null;
        if (left >= RangeLimits.MaxAttempts) return Failed(item, $"{left} workers left the evaluation unfinished");
        using var span = WorkTracing.Begin("model evaluate", item.JobId, slot.FullName.ToString());
        span?.SetTag("cluster.clock", item.Clock).SetTag("cluster.row.from", item.From).SetTag("cluster.row.to", item.To);
        try
        {
            var range = await EvaluateAsync(item, plan, manifest, device, cancellationToken);
            var isRecorded = await RedisRetry.Pipeline.ExecuteAsync(async _ => await training.RecordRangeAsync(item, range), cancellationToken);
            return isRecorded ? new ModelEvaluated { JobId = item.JobId, Item = item, Device = slot.FullName.ToString() } : null;
        }
        catch (DeviceException loss) when (loss.IsDeviceLost)
        {
            await slot.LoseAsync(loss);
            var losses = await RedisRetry.Pipeline.ExecuteAsync(async _ => await training.LoseDeviceAsync(item), cancellationToken);
            if (losses < RangeLimits.MaxDeviceLosses) throw;
            return losses is null ? null : Failed(item, $"its device was lost {losses} times: {loss.Message.ReplaceLineEndings(" ")}");
        }
        catch (Exception e) when (e is not OperationCanceledException && !RedisErrors.IsTransient(e))
        {
            TrainingLog.EvaluationFailed(logger, e, item.JobId, item.Clock);
            return Failed(item, FailureText.Of(e));
        }
    }

    private static ModelNotEvaluated Failed(EvaluateModel item, string error) =>
        new() { JobId = item.JobId, Item = item, Error = error };

    private async Task<EvaluatedRange> EvaluateAsync(EvaluateModel item, TrainingPlan plan, CommitManifest manifest, IDevice device,
        CancellationToken cancellationToken)
    {
        var context = await contexts.GetAsync(item.JobId, plan, cancellationToken);
        if (item.From < 0 || item.From >= item.To || item.To > plan.RowsOf(item.Set))
            throw new ArgumentException($"rows {item.From}-{item.To} are not of this job: its {item.Set} set has {plan.RowsOf(item.Set)}");
        var model = await models.GetAsync(item.JobId, context, manifest, cancellationToken);
        var sums = await deadline.GuardAsync(
            options.Value.BatchTimeout, token => Sum(context, item, model.Values, device, token), cancellationToken);
        // Neither a number for people nor one to decide by; JSON has no word for it either.
        if (sums.Sums.FirstOrDefault(sum => !double.IsFinite(sum.Value)) is { Key: { } metric })
            throw new ArithmeticException($"diverged: {metric} over rows {item.From}-{item.To} at clock {item.Clock} is not finite");
        return new EvaluatedRange
        {
            Sums = sums,
            Fingerprint = model.Fingerprint,
            Parameters = !item.WithParameters || plan.Parameters > TrainingResult.MaxParameters ? null : plan.Tensors.ToDictionary(
                tensor => tensor.Name, tensor => (IReadOnlyList<float>)model.Values[tensor.Offset..(tensor.Offset + tensor.Length)]),
        };
    }

    private static EvaluationSums Sum(
        TrainingInputs context, EvaluateModel item, ReadOnlyMemory<float> parameters, IDevice device, CancellationToken cancellationToken)
    {
        var (model, data) = (context.Model, context.Data);
        var split = DataSplit.Of(context.Plan);
        var rows = item.Set == EvaluationSet.HeldOut ? split.Test : split.Train;
        var standardiser = Standardiser.Of(context.Plan);
        var batch = new Batch(EvaluationRanges.BatchRows, data.FeatureCount);
        using var stream = device.OpenStream();
        using var session = model.Open(stream, EvaluationRanges.BatchRows);
        session.Load(parameters);
        var sums = new double[model.Metrics.Count];
        for (var index = item.From; index < item.To; index++)
        {
            var row = rows.Row(index);
            batch.Add(data.Features(row), data.Label(row), standardiser);
            if (batch.Count < EvaluationRanges.BatchRows && index < item.To - 1) continue;
            cancellationToken.ThrowIfCancellationRequested();
            session.Evaluate(batch, sums);
            batch.Clear();
        }

        return new EvaluationSums
        {
            Examples = item.To - item.From,
            Sums = model.Metrics.Zip(sums).ToDictionary(sum => sum.First.Name, sum => sum.Second, StringComparer.Ordinal),
        };
    }
}
