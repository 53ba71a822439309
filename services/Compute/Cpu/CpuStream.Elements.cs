using Cluster.Compute.Devices;
using Cluster.Compute.Elements;
using Cluster.Compute.Reductions;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Cpu;

internal sealed partial class CpuStream
{
    private readonly RangeJob<ElementKernel<Addition>> _add = new();
    private readonly RangeJob<ElementKernel<Multiplication>> _multiply = new();
    private readonly RangeJob<ElementKernel<Scaling>> _scale = new();
    private readonly RangeJob<ElementKernel<ScaledAddition>> _addScaled = new();
    private readonly RangeJob<ReduceSumKernel> _reduceSum = new();

    public void Fill(DeviceSpan target, float value) => Use(target, nameof(target)).AsSpan().Fill(value);

    public void Copy(DeviceSpan source, DeviceSpan target)
    {
        var (from, to) = (Use(source, nameof(source)), Use(target, nameof(target)));
        RequireSameLength(source.Length, target.Length);
        SpanChecks.RequireApart(target, source, nameof(target), nameof(source));
        from.AsSpan().CopyTo(to);
    }

    public void Add(DeviceSpan a, DeviceSpan b, DeviceSpan result) => Run(_add, default, a, b, result);

    public void Multiply(DeviceSpan a, DeviceSpan b, DeviceSpan result) => Run(_multiply, default, a, b, result);

    public void Scale(DeviceSpan a, float scale, DeviceSpan result) => Run(_scale, new Scaling(scale), a, a, result);

    public void AddScaled(DeviceSpan a, float scale, DeviceSpan target)
    {
        SpanChecks.RequireApart(target, a, nameof(target), nameof(a));
        Run(_addScaled, new ScaledAddition(scale), a, target, target);
    }

    public void ReduceSum(DeviceSpan a, DeviceSpan result)
    {
        var (from, to) = (Use(a, nameof(a)), Use(result, nameof(result)));
        SpanChecks.RequireShape(result, 1, 1, nameof(result));
        SpanChecks.RequireApart(result, a, nameof(result), nameof(a));

        var blocks = ReduceSumKernel.Blocks(a.Length);
        var sums = _sums.Take(Math.Max(blocks, 1));
        _reduceSum.Run(_device.Team, new ReduceSumKernel(from, sums), blocks, ReduceSumKernel.Grain);
        while (blocks > 1)
        {
            var level = sums.Slice(0, blocks);
            blocks = ReduceSumKernel.Blocks(blocks);
            new ReduceSumKernel(level, sums).Execute(0, blocks);
        }

        to.AsSpan()[0] = blocks == 0 ? 0 : sums[0];
    }

    private void Run<TOperation>(
        RangeJob<ElementKernel<TOperation>> job, TOperation operation, DeviceSpan a, DeviceSpan b, DeviceSpan result)
        where TOperation : struct, IElementOperation
    {
        var (left, right, to) = (Use(a, nameof(a)), Use(b, nameof(b)), Use(result, nameof(result)));
        SpanChecks.RequireLength(b, a.Length, nameof(b), nameof(a));
        SpanChecks.RequireLength(result, a.Length, nameof(result), nameof(a));
        SpanChecks.RequireSameOrApart(result, a, nameof(result), nameof(a));
        SpanChecks.RequireSameOrApart(result, b, nameof(result), nameof(b));
        job.Run(
            _device.Team, new ElementKernel<TOperation>(operation, left, right, to), a.Length, ElementKernel<TOperation>.Grain);
    }
}
