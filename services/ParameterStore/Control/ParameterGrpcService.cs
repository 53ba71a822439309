using System.Globalization;
using System.Text;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Parameters;
using Cluster.DataPlane.Frames;
using Cluster.ParameterStore.Models;
using Cluster.ParameterStore.Tasks;
using Cluster.Protocol.Parameters;
using Grpc.Core;
using V1 = Cluster.Contracts.Parameters.V1;

namespace Cluster.ParameterStore.Control;

/// <summary>Takes the coordinator's word about jobs.</summary>
internal sealed class ParameterGrpcService(ParameterStorePool pool) : V1.Parameters.ParametersBase
{
    public override async Task<V1.TaskReport> Open(V1.OpenRequest request, ServerCallContext context)
    {
        ParameterStoreTask task = Find(request.Task);
        List<SpecViolation> wrong = [.. CheckJob(request.Job), .. CheckGeneration(request.Generation), .. ModelSettings.Check(request.Model)];
        if (request.Committed is { } committed)
            ModelSettings.CheckRange(wrong, "committed.clock", committed.Clock, 0, long.MaxValue);
        if (wrong.Count > 0) throw SpecRejection.ToRpcException(wrong);
        Generation generation = request.Generation.ToGeneration();
        return task.FindOrCreate(request.Job, request.Model, generation) is { } model
            ? await AnswerAsync(task, request.Job, model, () => model.OpenAsync(generation, request.Committed))
            : Nothing(task, request.Job);
    }

    public override Task<V1.TaskReport> Advance(V1.AdvanceRequest request, ServerCallContext context)
    {
        List<SpecViolation> wrong = [.. CheckGeneration(request.Generation)];
        ModelSettings.CheckRange(wrong, "committed", request.Committed, -1, long.MaxValue);
        ModelSettings.CheckRange(wrong, "segment.from", request.Segment?.From ?? -1, 0, long.MaxValue);
        ModelSettings.CheckRange(wrong, "segment.to", request.Segment?.To ?? -1, request.Segment?.From ?? 0, long.MaxValue);
        return OfModelAsync(request.Task, request.Job, wrong,
            model => model.AdvanceAsync(request.Generation.ToGeneration(), request.Committed, request.Segment.ToSegment()));
    }

    public override Task<V1.TaskReport> WriteAgain(V1.WriteAgainRequest request, ServerCallContext context) =>
        OfModelAsync(request.Task, request.Job, [.. CheckGeneration(request.Generation)],
            model => model.WriteAgainAsync(request.Generation.ToGeneration(), request.Clock));

    public override Task<V1.TaskReport> Report(V1.ReportRequest request, ServerCallContext context) =>
        OfModelAsync(request.Task, request.Job, [], _ => Task.CompletedTask);

    public override async Task<V1.CloseReply> Close(V1.CloseRequest request, ServerCallContext context)
    {
        ParameterStoreTask task = Find(request.Task);
        V1.TaskReport report = await OfModelAsync(request.Task, request.Job, [.. CheckGeneration(request.Generation)], _ => Task.CompletedTask);
        task.Close(request.Job, request.Generation.ToGeneration(), report.Generation.ToGeneration());
        return new V1.CloseReply();
    }

    private async Task<V1.TaskReport> OfModelAsync(int index, string job, List<SpecViolation> wrong, Func<Model, Task> action)
    {
        wrong.AddRange(CheckJob(job));
        if (wrong.Count > 0) throw SpecRejection.ToRpcException(wrong);
        ParameterStoreTask task = Find(index);
        return task.TryFind(job, out Model? model) ? await AnswerAsync(task, job, model, () => action(model)) : Nothing(task, job);
    }

    private static async Task<V1.TaskReport> AnswerAsync(ParameterStoreTask task, string job, Model model, Func<Task> action)
    {
        try
        {
            await action();
            return await model.ReportAsync();
        }
        catch (ObjectDisposedException)
        {
            return Nothing(task, job);
        }
    }

    private static V1.TaskReport Nothing(ParameterStoreTask task, string job) => new()
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
        int bytes = Encoding.UTF8.GetByteCount(job);
        if (bytes is < 1 or > FrameLimits.MaxJobBytes)
            yield return new SpecViolation("job", job, FormattableString.Invariant($"must have 1 to {FrameLimits.MaxJobBytes} bytes"));
    }

    private static IEnumerable<SpecViolation> CheckGeneration(V1.Generation? generation)
    {
        if (generation is null || generation.Counter < 1)
            yield return new SpecViolation("generation.counter", (generation?.Counter ?? 0).ToString(CultureInfo.InvariantCulture), "must be at least 1");
    }
}
