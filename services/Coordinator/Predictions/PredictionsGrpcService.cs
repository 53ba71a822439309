using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Predictions.V1;
using Cluster.Models.Data;
using Cluster.Protocol.Plans;
using Cluster.Storage.Checkpoints;
using Cluster.Storage.Snapshots;
using Grpc.Core;
using Microsoft.Extensions.Options;
using V1 = Cluster.Contracts.Predictions.V1;

namespace Cluster.Coordinator.Predictions;

/// <summary>Predicts rows while they come: memory for the model and one batch, whatever the size of the file.</summary>
/// <remarks>It runs here and not on workers, on the client's stream: so nothing of the file or the answer is stored.</remarks>
internal sealed class PredictionsGrpcService(
    RedisCheckpoints checkpoints, RowPredictors predictors, IOptions<CoordinatorOptions> options, TimeProvider time, IHostApplicationLifetime lifetime)
    : V1.Predictions.PredictionsBase
{
    /// <summary>Files at once: each takes a thread and a copy of its model's parameters.</summary>
    private const int MaxFiles = 4;

    private static readonly SemaphoreSlim Free = new(MaxFiles);

    public override async Task Predict(IAsyncStreamReader<PredictPart> requestStream, IServerStreamWriter<PredictReply> responseStream,
        ServerCallContext context)
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
        catch (NotSupportedException e)
        {
            throw SpecRejection.ToRpcException([new SpecViolation("model", "", e.Message)]);
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
        var header = await file.ReadHeaderAsync();
        if (!CheckpointId.TryParse(header.Model, out var id) || await checkpoints.FindAsync(id) is not { } checkpoint)
            throw new RpcException(new Status(StatusCode.NotFound, $"there is no checkpoint '{SpecViolation.Shown(header.Model)}'"));
        using var predictor = await predictors.LoadAsync(checkpoint, cancellationToken);
        await replies.WriteAsync(
            new PredictReply { Columns = new PredictedColumns { Checkpoint = checkpoint.Id, Names = { predictor.Columns } } }, cancellationToken);
        await Task.Factory.StartNew(
            () => PredictRows(file, FeaturesOf(checkpoint.Plan), !header.NoHeader, predictor, replies, cancellationToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    // The example's one feature has no name of its own.
    private static IReadOnlyList<string> FeaturesOf(TrainingPlan plan) => plan.FeatureNames.Count > 0 ? plan.FeatureNames : ["x"];

    /// <summary>Waits for the client on both sides: the thread is there to be blocked.</summary>
    private void PredictRows(
        Stream file, IReadOnlyList<string> features, bool hasHeader, RowPredictor predictor, IServerStreamWriter<PredictReply> replies,
        CancellationToken cancellationToken)
    {
        using var content = Decompression.Open(file);
        using var rows = FeatureRows.Open(content, features, options.Value.DataMaxBytes, hasHeader);
        var row = new float[features.Count];
        var hasMore = true;
        while (hasMore)
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (!predictor.IsFull && (hasMore = rows.Read(row))) predictor.Add(row);
            if (predictor.Count == 0) return;
            var reply = new PredictReply { Rows = new Predicted() };
            reply.Rows.Values.AddRange(predictor.Predict());
            replies.WriteAsync(reply, cancellationToken).GetAwaiter().GetResult();
        }
    }
}
