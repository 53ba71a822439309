namespace Cluster.Protocol.Lanes;

/// <summary>Deals lanes to worker slots, a pure function of what is dealt and to how many.</summary>
public static class LaneDealing
{
    /// <summary>Deals the lanes in order, so that shares differ by at most one lane; with more slots than lanes some get nothing.</summary>
    /// <param name="lanes">The lanes to deal.</param>
    /// <param name="slots">Number of worker slots, at least 1.</param>
    /// <returns>One set for each slot that gets a lane: consecutive lanes where <paramref name="lanes"/> are consecutive, hence few blocks.</returns>
    public static IReadOnlyList<LaneSet> Deal(in LaneSet lanes, int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        var count = lanes.Count;
        var used = Math.Min(slots, count);
        var shares = new LaneSet[used];
        var position = 0;
        for (var lane = 0; lane < BlockTree.MaxLanes; lane++)
        {
            if (!lanes.Contains(lane))
                continue;
            // Share s takes positions [s·count/used, (s+1)·count/used).
            shares[(((position + 1) * used) - 1) / count].Add(lane);
            position++;
        }

        return shares;
    }
}
