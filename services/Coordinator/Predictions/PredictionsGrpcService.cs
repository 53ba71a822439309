using Cluster.Contracts.Jobs;
using Cluster.Contracts.Predictions.V1;
using Cluster.Persistence.Checkpoints;
using Cluster.Persistence.Snapshots;
using Cluster.Training.Data;
using Cluster.Training.Models;
using Grpc.Core;
using Microsoft.Extensions.Options;
using V1 = Cluster.Contracts.Predictions.V1;

namespace Cluster.Coordinator.Predictions;

/// <summary>Predicts rows while they come: memory for the model and one batch, whatever the size of the file.</summary>
/// <remarks>It runs here and not on workers, on the client's stream: so nothing of the file or the answer is stored.</remarks>
internal sealed class PredictionsGrpcService(
    RedisCheckpoints checkpoints, CheckpointReader reader, ModelCatalog models, IOptions<CoordinatorOptions> options, TimeProvider time,
    IHostApplicationLifetime lifetime)
    : V1.Predictions.PredictionsBase
{
    /// <summary>Files at once: each takes a thread and a copy of its model's parameters.</summary>
    private const int MaxFiles = 4;

    private const int BatchRows = 1024;
    private const int MaxBatchValues = 1 << 18;

    private static readonly SemaphoreSlim Free = new(MaxFiles);

    public override async Task Predict(IAsyncStreamReader<PredictPart> requestStream, IServerStreamWriter<PredictReply> responseStream, ServerCallContext context)
    {
        if (!Free.Wait(TimeSpan.Zero, CancellationToken.None))
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"{MaxFiles} files are being predicted already; try again later"));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await PredictAsync(new PartStream(requestStream, time, end.Token), responseStream, end.Token);
        }
        catch (DataFormatException e)
        {
            throw SpecRejection.ToRpcException([new SpecViolation("data", "", e.Message)]);
        }
        catch (SnapshotUnreadableException e)
        {
            throw new RpcException(new Status(StatusCode.DataLoss, $"the checkpoint was superseded while it was read, or is damaged: {e.Message}"));
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the coordinator stops; try again"));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "the client is gone"));
        }
        finally
        {
            Free.Release();
        }
    }

    private async Task PredictAsync(PartStream file, IServerStreamWriter<PredictReply> replies, CancellationToken cancellationToken)
    {
        PredictHeader header = await file.ReadHeaderAsync();
        if (!CheckpointId.TryParse(header.Model, out CheckpointId id) || await checkpoints.FindAsync(id) is not { } checkpoint)
            throw new RpcException(new Status(StatusCode.NotFound, $"there is no checkpoint '{new SpecViolation("id", header.Model, "").ShownValue}'"));
        RowPredictor predictor = await LoadAsync(checkpoint, cancellationToken);
        await replies.WriteAsync(
            new PredictReply { Columns = new PredictedColumns { Checkpoint = checkpoint.Id, Names = { predictor.Columns } } }, cancellationToken);
        await Task.Factory.StartNew(
            () => PredictRows(file, FeaturesOf(checkpoint.Plan), predictor, replies, cancellationToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private async Task<RowPredictor> LoadAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        TrainingPlan plan = checkpoint.Plan;
        try
        {
            return new RowPredictor(models.Create(plan.Spec, plan.Features, plan.Rows), await reader.ReadParametersAsync(checkpoint, cancellationToken));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw SpecRejection.ToRpcException([new SpecViolation("model", checkpoint.Id, e.Message)]);
        }
    }

    // The example's one feature has no name of its own.
    private static IReadOnlyList<string> FeaturesOf(TrainingPlan plan) => plan.FeatureNames.Count > 0 ? plan.FeatureNames : ["x"];

    /// <summary>Waits for the client on both sides: the thread is there to be blocked.</summary>
    private void PredictRows(
        Stream file, IReadOnlyList<string> features, RowPredictor predictor, IServerStreamWriter<PredictReply> replies, CancellationToken cancellationToken)
    {
        using FeatureRows rows = FeatureRows.Open(file, features, options.Value.DataMaxBytes);
        var batch = new Batch(Math.Clamp(MaxBatchValues / features.Count, 1, BatchRows), features.Count);
        var row = new float[features.Count];
        var outputs = new float[batch.Capacity * predictor.Columns.Count];
        bool hasMore = true;
        while (hasMore)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.Clear();
            while (batch.Count < batch.Capacity && (hasMore = rows.Read(row))) batch.Add(row, 0);
            if (batch.Count == 0) return;
            predictor.Predict(batch, outputs);
            var reply = new PredictReply { Rows = new Predicted() };
            reply.Rows.Values.AddRange(outputs.AsSpan(0, batch.Count * predictor.Columns.Count).ToArray());
            replies.WriteAsync(reply, cancellationToken).GetAwaiter().GetResult();
        }
    }
}
