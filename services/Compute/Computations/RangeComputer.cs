using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;

namespace Cluster.Compute.Computations;

/// <summary>Computes a range of grains on the threads of one slot, or on a device.</summary>
public static class RangeComputer
{
    /// <summary>
    /// The partial results of the nodes of <see cref="GrainTree.Decompose"/>, concatenated in order: what
    /// <see cref="GrainFold.Add"/> takes. The same bytes for any number of cores.
    /// </summary>
    /// <param name="computation">What to compute.</param>
    /// <param name="space">The cut into grains.</param>
    /// <param name="range">The grains, at least one.</param>
    /// <param name="cores">Threads that compute, the caller's included; at least 1.</param>
    /// <param name="cancellationToken">Looked at before each grain and handed to the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A range outside the space, or fewer than 1 core.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is returned.</exception>
    public static byte[] Compute(
        IBoundComputation computation, GrainSpace space, GrainRange range, int cores, CancellationToken cancellationToken)
    {
        space.ThrowIfOutside(range);
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);

        var threads = (int)Math.Min(cores, range.To - range.From);
        using var run = new CoreRangeRun(computation, space, range, cancellationToken);
        run.Execute(threads);
        return run.Payload();
    }

    /// <summary>
    /// The same bytes, computed on <paramref name="device"/>: on a CPU by as many threads as it has units, grain by grain; on
    /// any other device many grains a launch, with two chunks of them in flight.
    /// </summary>
    /// <param name="computation">What to compute.</param>
    /// <param name="space">The cut into grains.</param>
    /// <param name="range">The grains, at least one.</param>
    /// <param name="device">Where; not disposed.</param>
    /// <param name="cancellationToken">Looked at before each chunk, which takes at most about half a second, and handed to the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A range outside the space.</exception>
    /// <exception cref="NotSupportedException">The computation does not run on devices of this type.</exception>
    /// <exception cref="DeviceException">The device failed; nothing is returned.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is returned.</exception>
    public static byte[] Compute(
        IBoundComputation computation, GrainSpace space, GrainRange range, IDevice device, CancellationToken cancellationToken)
    {
        if (device.Info.Type == DeviceType.Cpu && !computation.UsesStreamOnCpu)
            return Compute(computation, space, range, device.Info.Units, cancellationToken);

        space.ThrowIfOutside(range);
        if (!computation.Supports(device.Info.Type))
            throw new NotSupportedException($"The computation does not run on {device.Info.Name}: it is written for the CPU.");

        using var run = new DeviceRangeRun(computation, space, range, device, cancellationToken);
        run.Execute(threads: (int)Math.Min(DeviceRangeRun.ChunksInFlight, range.To - range.From));
        return run.Payload();
    }
}
