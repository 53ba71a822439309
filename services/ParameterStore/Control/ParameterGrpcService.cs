using System.Globalization;
using System.Text;
using Cluster.Contracts.Jobs;
using Cluster.DataPlane.Frames;
using Cluster.ParameterStore.Shards;
using Cluster.ParameterStore.Tasks;
using Cluster.Protocol.Shards;
using Grpc.Core;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Control;

/// <summary>Takes the coordinator's word about jobs.</summary>
internal sealed class ParameterGrpcService(ParameterStorePool pool) : V1.Parameters.ParametersBase
{
    public override async Task<V1.ShardReport> Open(V1.OpenRequest request, ServerCallContext context)
    {
        var task = Find(request.Task);
        List<SpecViolation> wrong = [.. CheckJob(request.Job), .. CheckGeneration(request.Generation), .. ShardSettings.Check(request.Shard)];
        if (request.Committed is { } committed)
            ShardSettings.CheckRange(wrong, "committed.clock", committed.Clock, 0, long.MaxValue);
        if (wrong.Count > 0) throw SpecRejection.ToRpcException(wrong);
        var generation = request.Generation.ToGeneration();
        return task.FindOrCreate(request.Job, request.Shard, generation) is { } shard
            ? await AnswerAsync(task, request.Job, shard, () => shard.OpenAsync(generation, request.Committed))
            : Nothing(task, request.Job);
    }

    public override Task<V1.ShardReport> Advance(V1.AdvanceRequest request, ServerCallContext context)
    {
        List<SpecViolation> wrong = [.. CheckGeneration(request.Generation)];
        ShardSettings.CheckRange(wrong, "committed", request.Committed, -1, long.MaxValue);
        ShardSettings.CheckRange(wrong, "segment.from", request.Segment?.From ?? -1, 0, long.MaxValue);
        ShardSettings.CheckRange(wrong, "segment.to", request.Segment?.To ?? -1, request.Segment?.From ?? 0, long.MaxValue);
        return OfShardAsync(request.Task, request.Job, wrong,
            shard => shard.AdvanceAsync(request.Generation.ToGeneration(), request.Committed, request.Segment.ToSegment()));
    }

    public override Task<V1.ShardReport> WriteAgain(V1.WriteAgainRequest request, ServerCallContext context) =>
        OfShardAsync(request.Task, request.Job, [.. CheckGeneration(request.Generation)],
            shard => shard.WriteAgainAsync(request.Generation.ToGeneration(), request.Clock));

    public override Task<V1.ShardReport> Report(V1.ReportRequest request, ServerCallContext context) =>
        OfShardAsync(request.Task, request.Job, [], _ => Task.CompletedTask);

    public override async Task<V1.CloseReply> Close(V1.CloseRequest request, ServerCallContext context)
    {
        var task = Find(request.Task);
        var report = await OfShardAsync(request.Task, request.Job, [.. CheckGeneration(request.Generation)], _ => Task.CompletedTask);
        task.Close(request.Job, request.Generation.ToGeneration(), report.Generation.ToGeneration());
        return new V1.CloseReply();
    }

    private async Task<V1.ShardReport> OfShardAsync(int index, string job, List<SpecViolation> wrong, Func<ShardHost, Task> action)
    {
        wrong.AddRange(CheckJob(job));
        if (wrong.Count > 0) throw SpecRejection.ToRpcException(wrong);
        var task = Find(index);
        return task.TryFind(job, out var shard) ? await AnswerAsync(task, job, shard, () => action(shard)) : Nothing(task, job);
    }

    private static async Task<V1.ShardReport> AnswerAsync(ParameterStoreTask task, string job, ShardHost shard, Func<Task> action)
    {
        try
        {
            await action();
            return await shard.ReportAsync();
        }
        catch (ObjectDisposedException)
        {
            return Nothing(task, job);
        }
    }

    private static V1.ShardReport Nothing(ParameterStoreTask task, string job) => new()
    {
        Incarnation = task.Incarnation,
        Generation = task.Left(job).ToMessage(),
        Segment = new V1.Segment(),
        SnapshotClock = -1,
    };

    private ParameterStoreTask Find(int index) => pool.Find(index)
        ?? throw new RpcException(new Status(StatusCode.NotFound, $"task is {index}; it is not the index of a ps task of this process"));

    private static IEnumerable<SpecViolation> CheckJob(string job)
    {
        var bytes = Encoding.UTF8.GetByteCount(job);
        if (bytes is < 1 or > FrameLimits.MaxJobBytes)
            yield return new SpecViolation("job", job, FormattableString.Invariant($"must have 1 to {FrameLimits.MaxJobBytes} bytes"));
    }

    private static IEnumerable<SpecViolation> CheckGeneration(V1.Generation? generation)
    {
        if (generation is null || generation.Counter < 1)
            yield return new SpecViolation("generation.counter", (generation?.Counter ?? 0).ToString(CultureInfo.InvariantCulture), "must be at least 1");
    }
}
