using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Stealing;

/// <summary>Knows who waits for the step under way, and hands what is missing to them: the largest block to who has the fewest lanes;
/// to another after a doubled grace.</summary>
internal sealed class StealAdvisor
{
    private readonly BlockTree _tree;
    private readonly StealOptions _options;
    private readonly StepTimes _times = new();
    private readonly ulong[] _waiting;
    private readonly ulong[] _released;
    // Lanes that each of those who wait has, and gets.
    private readonly int[] _loads;
    private readonly LaneBlock[] _missing = new LaneBlock[BlockTree.MaxLanes];
    private int _waitingCount;
    private int _releasedCount;
    private int _round;
    private TimeSpan _grace;
    private TimeSpan _due;
    private TimeSpan? _lastStep;

    public StealAdvisor(BlockTree tree, StealOptions options, int streams)
    {
        _tree = tree;
        _options = options;
        _waiting = new ulong[streams];
        _released = new ulong[streams];
        _loads = new int[streams];
    }

    /// <summary>Those who waited for the step that was completed last.</summary>
    public ReadOnlySpan<ulong> Released => _released.AsSpan(0, _releasedCount);

    /// <summary>Notes that a worker has done its share of the step; the grace runs from the first one on.</summary>
    public void Wait(ulong worker, TimeSpan now)
    {
        // Kept in order, so that ps tasks which lack the same block ask the same worker.
        var place = _waiting.AsSpan(0, _waitingCount).BinarySearch(worker);
        if (place >= 0 || _waitingCount == _waiting.Length)
            return;
        if (_waitingCount == 0 && _round == 0)
            StartGrace(now);
        _waiting.AsSpan(~place, _waitingCount - ~place).CopyTo(_waiting.AsSpan(~place + 1));
        _waiting[~place] = worker;
        _waitingCount++;
    }

    public void Forget(ulong worker)
    {
        var place = _waiting.AsSpan(0, _waitingCount).BinarySearch(worker);
        if (place < 0)
            return;
        _waiting.AsSpan(place + 1, _waitingCount - place - 1).CopyTo(_waiting.AsSpan(place));
        _waitingCount--;
    }

    /// <summary>Notes that a step was completed: all who waited are released.</summary>
    public void Complete(TimeSpan now)
    {
        if (_lastStep is { } last)
            _times.Add(now - last);
        _lastStep = now;
        _waiting.AsSpan(0, _waitingCount).CopyTo(_released);
        _releasedCount = _waitingCount;
        _waitingCount = 0;
        _round = 0;
    }

    /// <summary>Forgets workers and times.</summary>
    public void Restart()
    {
        _times.Clear();
        _lastStep = null;
        _waitingCount = 0;
        _releasedCount = 0;
        _round = 0;
    }

    /// <param name="generation">The generation of the step.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="missing">The lanes that nobody has pushed.</param>
    /// <param name="holders">Who works for each lane, as far as known.</param>
    /// <param name="now">The time.</param>
    /// <param name="hints">Where the hints go.</param>
    /// <returns>The number of hints written.</returns>
    public int Collect(Generation generation, long clock, in LaneSet missing, ReadOnlySpan<ulong> holders, TimeSpan now, Span<StealHint> hints)
    {
        if (_waitingCount == 0 || now < _due)
            return 0;
        var blocks = Math.Min(SplitMissing(missing), hints.Length);
        CountLoads(missing, holders);
        for (var i = 0; i < blocks; i++)
            hints[i] = new StealHint(_waiting[(Choose(i, blocks) + _round) % _waitingCount], generation, clock, _missing[i]);
        _round++;
        _grace *= 2;
        _due = now + _grace;
        return blocks;
    }

    /// <summary>Cuts what is missing into blocks, at least one for each who waits where it can be cut so far.</summary>
    private int SplitMissing(in LaneSet missing)
    {
        var count = 0;
        for (var run = missing.Run(0); run.Count > 0; run = missing.Run(run.End))
        {
            for (var first = run.First; first < run.End; first = _missing[count++].End)
                _missing[count] = _tree.Largest(first, run.End);
        }

        while (count > 0 && count < _waitingCount)
        {
            var largest = 0;
            for (var i = 1; i < count; i++)
                largest = _missing[i].Count > _missing[largest].Count ? i : largest;
            if (_missing[largest].Count == 1)
                break;
            (_missing[largest], _missing[count++]) = BlockTree.Children(_missing[largest]);
        }

        return count;
    }

    private void CountLoads(in LaneSet missing, ReadOnlySpan<ulong> holders)
    {
        var waiting = _waiting.AsSpan(0, _waitingCount);
        _loads.AsSpan(0, _waitingCount).Clear();
        for (var lane = 0; lane < holders.Length; lane++)
        {
            var place = missing.Contains(lane) ? -1 : waiting.BinarySearch(holders[lane]);
            if (place >= 0)
                _loads[place]++;
        }
    }

    /// <summary>Brings the largest block from this one on to its place.</summary>
    /// <returns>The place of the waiter with the fewest lanes, which gets it.</returns>
    private int Choose(int block, int blocks)
    {
        var largest = block;
        for (var i = block + 1; i < blocks; i++)
            largest = _missing[i].Count > _missing[largest].Count ? i : largest;
        (_missing[block], _missing[largest]) = (_missing[largest], _missing[block]);
        var least = 0;
        for (var i = 1; i < _waitingCount; i++)
            least = _loads[i] < _loads[least] ? i : least;
        _loads[least] += _missing[block].Count;
        return least;
    }

    private void StartGrace(TimeSpan now)
    {
        _grace = _options.InitialGrace;
        if (_times.TryMedian(out var median))
            _grace = median * _options.MedianSteps;
        _grace = _grace < _options.MinimumGrace ? _options.MinimumGrace : _grace;
        _due = now + _grace;
    }
}
