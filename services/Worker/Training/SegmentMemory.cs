using Cluster.Protocol.Commits;
using Cluster.Protocol.Workers;

namespace Cluster.Worker.Training;

/// <summary>A slot's buffers for one job, used by one item after the other.</summary>
internal sealed class SegmentMemory(string jobId, TrainingContext context)
{
    private readonly LabelledBuffers? _versions = context.Plan.IsAsync ? null : new LabelledBuffers(context.Plan.Offsets);
    private readonly float[]? _parameters = context.Plan.IsAsync ? GC.AllocateArray<float>(context.Plan.Parameters, pinned: true) : null;

    public TrainingContext Context { get; } = context;

    public BlockGradient Gradient { get; } = new(context.Model, context.Reader, context.CreateDescent());

    public bool IsFor(string job, TrainingContext wanted) => jobId == job && ReferenceEquals(Context, wanted);

    /// <summary>The work on an item; ends the work on the one before.</summary>
    public ILaneWork Begin(SegmentItem item) => _versions is { } versions
        ? new SyncLaneWork(new SegmentWork(Context.Tree, item, versions), versions)
        : new AsyncLaneWork(new AsyncSegmentWork(item, Context.Tree.Lanes, Context.Plan.Offsets, _parameters, Context.Plan.Staleness));
}
