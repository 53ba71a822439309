using Cluster.Compute.Computations;
using Cluster.Coordinator.Jobs;

namespace Cluster.Coordinator.Computations;

/// <summary>
/// What the runner of a job knows of its ranges: a copy of Redis's record that events keep fresh between two readings.
/// Owned by the runner; no locks.
/// </summary>
internal sealed class RangeBook(long grainCount, TimeSpan patience)
{
    private readonly Dictionary<long, OutstandingRange> _outstanding = [];

    /// <summary>Grains cut so far: the next range begins here.</summary>
    public long Cut { get; private set; }

    /// <summary>Grains recorded so far.</summary>
    public long Done { get; private set; }

    /// <summary>Ranges recorded so far.</summary>
    public long RangesDone { get; private set; }

    public int OutstandingCount => _outstanding.Count;

    public long Remaining => grainCount - Cut;

    public bool IsComplete => Remaining == 0 && _outstanding.Count == 0;

    public IEnumerable<OutstandingRange> Outstanding => _outstanding.Values;

    /// <summary>Takes Redis's word for it: ranges it no longer lists are recorded, ranges unknown here are to be published.</summary>
    public void Load(JobRecord job, IReadOnlyCollection<GrainRange> items)
    {
        (Cut, Done, RangesDone) = (job.Cut, job.Done, job.Ranges);
        var listed = items.ToDictionary(i => i.From);
        foreach (var known in _outstanding.Values.Where(o => !listed.TryGetValue(o.Range.From, out var i) || i != o.Range).ToList())
            _outstanding.Remove(known.Range.From);

        foreach (var item in items) _outstanding.TryAdd(item.From, new OutstandingRange(item, patience));
    }

    /// <summary>Adds ranges that were cut and written.</summary>
    public void Add(IEnumerable<GrainRange> ranges)
    {
        foreach (var range in ranges)
        {
            _outstanding.Add(range.From, new OutstandingRange(range, patience));
            Cut = range.To;
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
}
