using Cluster.Compute.Devices;
using Cluster.Models;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Workers;

namespace Cluster.Worker.Training;

/// <summary>A slot's buffers for one job, on the host and on its device, used by one item after the other.</summary>
internal sealed class SegmentMemory : IDisposable
{
    private readonly string _jobId;
    private readonly IModelSession _session;
    private readonly LabelledBuffers? _versions;
    private readonly float[]? _parameters;

    /// <exception cref="DeviceException">The device has not as much memory left as the model takes.</exception>
    public SegmentMemory(string jobId, TrainingInputs context, IDeviceStream stream)
    {
        (_jobId, Context) = (jobId, context);
        _versions = context.Plan.IsAsync ? null : new LabelledBuffers(context.Plan.Offsets);
        _parameters = context.Plan.IsAsync ? GC.AllocateArray<float>(context.Plan.Parameters, pinned: true) : null;
        _session = context.Model.Open(stream, context.Reader.CreateBatch().Capacity);
        Gradient = new BlockGradient(_session, context.Plan.Parameters, context.Reader, context.CreateDescent());
    }

    public TrainingInputs Context { get; }

    public BlockGradient Gradient { get; }

    public void Dispose() => _session.Dispose();

    public bool IsFor(string job, TrainingInputs wanted) => _jobId == job && ReferenceEquals(Context, wanted);

    /// <summary>The work on an item; ends the work on the one before.</summary>
    public SegmentWork Begin(SegmentItem item) => _versions is { } versions
        ? new SyncSegmentWork(Context.Tree, item, versions)
        : new AsyncSegmentWork(item, Context.Tree.Lanes, Context.Plan.Offsets, _parameters, Context.Plan.Staleness);
}
