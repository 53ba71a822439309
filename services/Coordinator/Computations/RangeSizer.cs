using Cluster.Coordinator.Placements;

namespace Cluster.Coordinator.Computations;

/// <summary>
/// Sizes of ranges, in grains, from the measured rate of each device: about the target duration on the devices of a target,
/// growing from one grain by at most a factor, and shrinking at the end, by each target's share of the speed, so that no
/// device works long after the others are done. Owned by one runner.
/// </summary>
internal sealed class RangeSizer(TimeSpan target)
{
    private const double Smoothing = 0.3;
    private const int Growth = 4;
    private const int RangesLeftPerSlot = 2;

    // The devices of a target share its queue: a slow one among fast ones takes no range that it works on for long.
    private const int MostTargetsOnTheSlowest = 4;

    private readonly Dictionary<string, double> _rates = [];
    private readonly Dictionary<PlacementKey, long> _largest = [];

    /// <summary>A device took <paramref name="seconds"/> for <paramref name="grains"/>.</summary>
    public void Observe(string device, long grains, double seconds)
    {
        var rate = grains / seconds;
        if (!double.IsFinite(rate) || rate <= 0) return;
        _rates[device] = _rates.TryGetValue(device, out var known) ? known + (Smoothing * (rate - known)) : rate;
    }

    /// <summary>Grains of the next range, at least 1 and at most what remains.</summary>
    /// <param name="where">Where the range goes.</param>
    /// <param name="all">Everywhere that ranges of this kind go, <paramref name="where"/> among them.</param>
    /// <param name="remaining">Grains not cut yet, at least 1.</param>
    public long Next(PlacementTarget where, IReadOnlyList<PlacementTarget> all, long remaining)
    {
        var largest = _largest.GetValueOrDefault(where.Key, 1);
        // What counts for growth is what was cut: a wish that the end of the space forbade is no step on the way.
        var grown = largest > long.MaxValue / Growth ? long.MaxValue : largest * Growth;
        var fairEnd = Math.Max(1, AtMost(remaining * (Share(where, all) / ((long)where.Slots * RangesLeftPerSlot))));
        var size = Math.Min(Math.Min(Wanted(where), grown), Math.Min(fairEnd, remaining));
        _largest[where.Key] = Math.Max(largest, size);
        return size;
    }

    private long Wanted(PlacementTarget where)
    {
        var rates = Rates(where).ToList();
        return rates.Count == 0
            ? 1
            : Math.Max(1, AtMost(Math.Min(rates.Average(), rates.Min() * MostTargetsOnTheSlowest) * target.TotalSeconds));
    }

    // Of the speed of all together; of the slots while the speed of some is unknown.
    private double Share(PlacementTarget where, IReadOnlyList<PlacementTarget> all)
    {
        if (all.Count == 1) return 1;
        return all.All(t => Rates(t).Any()) ? Speed(where) / all.Sum(Speed) : (double)where.Slots / all.Sum(t => t.Slots);
    }

    private double Speed(PlacementTarget where) => where.Slots * Rates(where).Average();

    private IEnumerable<double> Rates(PlacementTarget where) => where.Devices.Where(_rates.ContainsKey).Select(d => _rates[d]);

    private static long AtMost(double grains) => (long)Math.Min(grains, long.MaxValue / 2.0);
}
