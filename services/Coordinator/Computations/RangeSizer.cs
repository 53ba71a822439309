namespace Cluster.Coordinator.Computations;

/// <summary>
/// Sizes of ranges, in grains, from the measured rate: each about the target duration on a device, growing from one grain
/// by at most a factor, and shrinking at the end so that no slot works long after the others are done.
/// </summary>
internal sealed class RangeSizer(TimeSpan target)
{
    private const double Smoothing = 0.3;
    private const int Growth = 4;
    private const int RangesLeftPerSlot = 2;

    private double? _grainsPerSecond;
    private long _largest = 1;

    /// <summary>A device took <paramref name="seconds"/> for <paramref name="grains"/>.</summary>
    public void Observe(long grains, double seconds)
    {
        var rate = grains / seconds;
        if (!double.IsFinite(rate) || rate <= 0) return;
        _grainsPerSecond = _grainsPerSecond is { } known ? known + (Smoothing * (rate - known)) : rate;
    }

    /// <summary>Grains of the next range, at least 1 and at most what remains.</summary>
    /// <param name="remaining">Grains not cut yet, at least 1.</param>
    /// <param name="slots">Device slots that take the job's ranges, at least 1.</param>
    public long Next(long remaining, int slots)
    {
        var wanted = _grainsPerSecond is { } rate ? (long)Math.Clamp(rate * target.TotalSeconds, 1, long.MaxValue / 2.0) : 1;
        var fairEnd = Math.Max(1, remaining / ((long)slots * RangesLeftPerSlot));
        // What counts for growth is what was cut: a wish that the end of the space forbade is no step on the way.
        var grown = _largest > long.MaxValue / Growth ? long.MaxValue : _largest * Growth;
        var size = Math.Min(Math.Min(wanted, grown), Math.Min(fairEnd, remaining));
        _largest = Math.Max(_largest, size);
        return size;
    }
}
