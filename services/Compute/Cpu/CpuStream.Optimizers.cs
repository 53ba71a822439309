using Cluster.Compute.Devices;
using Cluster.Compute.Optimizers;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Cpu;

internal sealed partial class CpuStream
{
    private readonly RangeJob<UpdateKernel> _update = new();
    private readonly FiniteFlag _isFinite = new();

    public bool Update(
        Optimizer optimizer, DeviceSpan current, DeviceSpan next, DeviceSpan slots, DeviceSpan gradient, long examples, UpdateTime time)
    {
        var (w, to, state, g) =
            (Use(current, nameof(current)), Use(next, nameof(next)), Use(slots, nameof(slots)), Use(gradient, nameof(gradient)));
        SpanChecks.RequireUpdate(optimizer, current, next, slots, gradient, examples);
        _isFinite.Raise();
        var kernel = new UpdateKernel(optimizer, optimizer.FormulaAt(time), optimizer.DivisorFor(examples), w, to, state, g, _isFinite);
        _update.Run(_device.Team, kernel, current.Length, UpdateKernel.Grain);
        return _isFinite.IsRaised;
    }
}
