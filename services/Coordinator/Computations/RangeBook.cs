using Cluster.Compute.Computations;
using Cluster.Contracts.Devices;
using Cluster.Coordinator.Placements;
using Cluster.Storage.Jobs;

namespace Cluster.Coordinator.Computations;

/// <summary>
/// What the runner of a job knows of its ranges: a copy of Redis's record that events keep fresh between two readings.
/// Owned by the runner; no locks.
/// </summary>
internal sealed class RangeBook(IReadOnlyList<PlacedGrains> parts, TimeSpan patience)
{
    private readonly Dictionary<long, OutstandingRange> _outstanding = [];
    private readonly long[] _cuts = [.. parts.Select(p => p.From)];

    /// <summary>Grains recorded so far.</summary>
    public long Done { get; private set; }

    /// <summary>Ranges recorded so far.</summary>
    public long RangesDone { get; private set; }

    public int OutstandingCount => _outstanding.Count;

    public bool IsComplete => _outstanding.Count == 0 && parts.All(part => Remaining(part) == 0);

    public IEnumerable<OutstandingRange> Outstanding => _outstanding.Values;

    /// <summary>Grains of a part cut so far: its next range begins here.</summary>
    public long Cut(PlacedGrains part) => _cuts[part.Number];

    public long Remaining(PlacedGrains part) => part.To - _cuts[part.Number];

    /// <summary>Device specs of what is not done.</summary>
    public IReadOnlyCollection<DeviceSpec> Wanted()
        => parts.Where(part => Remaining(part) > 0).Select(part => part.Device).Concat(_outstanding.Values.Select(o => o.Device)).ToHashSet();

    /// <summary>Takes Redis's word for it: ranges it no longer lists are recorded, ranges unknown here are to be published.</summary>
    public void Load(JobRecord job, IReadOnlyCollection<GrainRange> items)
    {
        (Done, RangesDone) = (job.Done, job.Ranges);
        foreach (var part in parts) _cuts[part.Number] = job.Cuts.GetValueOrDefault(part.Number, part.From);
        var listed = items.ToDictionary(i => i.From);
        foreach (var known in _outstanding.Values.Where(o => !listed.TryGetValue(o.Range.From, out var i) || i != o.Range).ToList())
            _outstanding.Remove(known.Range.From);

        foreach (var item in items) _outstanding.TryAdd(item.From, new OutstandingRange(item, DeviceOf(item), patience));
    }

    /// <summary>Adds ranges of a part that were cut and written, for a target.</summary>
    public void Add(PlacedGrains part, PlacementKey target, IEnumerable<GrainRange> ranges)
    {
        foreach (var range in ranges)
        {
            _outstanding.Add(range.From, new OutstandingRange(range, part.Device, patience) { Target = target });
            _cuts[part.Number] = range.To;
        }
    }

    /// <summary>A worker recorded a range; false when that was known.</summary>
    public bool Recorded(GrainRange range)
    {
        if (Find(range) is null) return false;
        _outstanding.Remove(range.From);
        Done += range.To - range.From;
        RangesDone++;
        return true;
    }

    public OutstandingRange? Find(GrainRange range)
        => _outstanding.TryGetValue(range.From, out var found) && found.Range == range ? found : null;

    private DeviceSpec DeviceOf(GrainRange range) => parts.Last(part => part.From <= range.From).Device;
}
