using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cluster.Protocol.Lanes;

/// <summary>A set of lanes 0 to 255, as a value of 32 bytes.</summary>
public struct LaneSet : IEquatable<LaneSet>
{
    private Words _words;

    public readonly bool IsEmpty => _words[0] == 0 && _words[1] == 0 && _words[2] == 0 && _words[3] == 0;

    public readonly int Count
    {
        get
        {
            var count = 0;
            for (var i = 0; i < 4; i++)
                count += BitOperations.PopCount(_words[i]);
            return count;
        }
    }

    public static LaneSet Of(LaneBlock block)
    {
        var set = default(LaneSet);
        set.Add(block);
        return set;
    }

    public readonly bool Contains(int lane) => (_words[lane >> 6] >> lane & 1) != 0;

    public void Add(int lane) => _words[lane >> 6] |= 1UL << lane;

    public void Add(LaneBlock block)
    {
        for (var lane = block.First; lane < block.End; lane++)
            Add(lane);
    }

    public void Remove(LaneBlock block)
    {
        for (var lane = block.First; lane < block.End; lane++)
            _words[lane >> 6] &= ~(1UL << lane);
    }

    /// <summary>The lanes of this set that are not in the other.</summary>
    public readonly LaneSet Except(in LaneSet other)
    {
        var rest = this;
        for (var i = 0; i < 4; i++)
            rest._words[i] &= ~other._words[i];
        return rest;
    }

    /// <summary>The first run of consecutive lanes at or after <paramref name="from"/>; its count is 0 when there is none.</summary>
    public readonly LaneBlock Run(int from)
    {
        var first = from;
        while (first < BlockTree.MaxLanes && !Contains(first))
            first++;
        var end = first;
        while (end < BlockTree.MaxLanes && Contains(end))
            end++;
        return new LaneBlock(first, end - first);
    }

    public readonly bool Equals(LaneSet other) => Except(other).IsEmpty && other.Except(this).IsEmpty;

    public override readonly bool Equals(object? obj) => obj is LaneSet other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(_words[0], _words[1], _words[2], _words[3]);

    public override readonly string ToString()
    {
        var runs = new List<string>();
        for (var run = Run(0); run.Count > 0; run = Run(run.End))
            runs.Add(run.ToString());
        return runs.Count == 0 ? "no lanes" : string.Join(", ", runs);
    }

    public static bool operator ==(LaneSet left, LaneSet right) => left.Equals(right);

    public static bool operator !=(LaneSet left, LaneSet right) => !left.Equals(right);

    [InlineArray(4)]
    private struct Words
    {
        private ulong _first;
    }
}
