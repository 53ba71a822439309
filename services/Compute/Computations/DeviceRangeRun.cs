using System.Diagnostics;
using Cluster.Compute.Devices;

namespace Cluster.Compute.Computations;

/// <summary>
/// Chunks of neighbouring grains on a device. Each thread has a stream and waits for its chunk, so that while one chunk's
/// results come back and the next is launched, the other computes. Chunks grow until one takes <see cref="LongEnough"/>: their
/// size decides how many launches there are, never the bits.
/// </summary>
internal sealed class DeviceRangeRun(
    IBoundComputation computation, GrainSpace space, GrainRange range, IDevice device, CancellationToken cancellationToken)
    : RangeRun(computation, space, range, cancellationToken)
{
    public const int ChunksInFlight = 2;

    private const int FirstGrains = 16;
    private const int MostGrains = 4096;
    private const int Growth = 4;

    // Long beside a launch and its wait.
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(20);

    // The patience of someone who cancels.
    private static readonly TimeSpan TooLong = TimeSpan.FromMilliseconds(500);

    protected override void ComputeGrains()
    {
        using var stream = device.OpenStream();
        var size = (long)FirstGrains;
        while (TryTake(size, out var grains))
        {
            Stop.ThrowIfCancellationRequested();
            var started = Stopwatch.GetTimestamp();
            ComputeChunk(stream, grains);
            var taken = Stopwatch.GetElapsedTime(started);
            if (taken < LongEnough)
                size = Math.Min(size * Growth, MostGrains);
            else if (taken > TooLong)
                size = Math.Max(size / Growth, 1);
        }
    }

    private void ComputeChunk(IDeviceStream stream, GrainRange grains)
    {
        var size = Computation.PartialSize;
        var partials = new byte[(grains.To - grains.From) * size];
        var indices = new IndexRange(Space.Grain(grains.From).From, Space.Grain(grains.To - 1).To);
        Computation.ComputeGrains(stream, indices, Space.GrainSize, partials, Stop);
        for (var grain = grains.From; grain < grains.To; grain++)
            Add(grain, partials.AsSpan((int)(grain - grains.From) * size, size).ToArray());
    }
}
