namespace Cluster.Compute.Threads;

/// <summary>Work in parts that do not depend on each other, for a <see cref="ThreadTeam"/>.</summary>
internal abstract class CpuJob
{
    public abstract void Execute(int part);
}

/// <summary>A kernel over items (elements, rows, blocks), whose result does not depend on how they are cut.</summary>
internal interface IRangeKernel
{
    void Execute(int from, int to);
}

/// <summary>The items of a kernel in parts of a grain. A stream keeps one for each kernel, so that a call allocates nothing.</summary>
internal sealed class RangeJob<TKernel> : CpuJob
    where TKernel : struct, IRangeKernel
{
    private TKernel _kernel;
    private int _items;
    private int _grain;

    /// <param name="team">Who computes.</param>
    /// <param name="kernel">What.</param>
    /// <param name="items">Items of the kernel.</param>
    /// <param name="grain">Items that are worth a thread's while, at least 1.</param>
    public void Run(ThreadTeam team, in TKernel kernel, int items, int grain)
    {
        if (items <= grain || team.Cores == 1)
        {
            kernel.Execute(0, items);
            return;
        }

        (_kernel, _items, _grain) = (kernel, items, grain);
        team.Run(this, (items - 1) / grain + 1);
        _kernel = default;
    }

    public override void Execute(int part) =>
        _kernel.Execute(part * _grain, (int)Math.Min(_items, (part + 1L) * _grain));
}
