namespace Cluster.Protocol.Workers;

/// <summary>Two versions of all parameters, filled slice by slice: version v lives in memory v mod 2.</summary>
/// <remarks>A slice counts only when it was received whole; nothing is computed on slices of different versions.</remarks>
public sealed class LabelledBuffers
{
    private const long Empty = -1;

    private readonly float[][] _memory;
    private readonly int[] _offsets;
    private readonly long[][] _labels;
    private readonly long[] _latest;

    /// <param name="offsets">Where each ps task's range starts, and last the number of all parameters.</param>
    public LabelledBuffers(IReadOnlyList<int> offsets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(offsets.Count, 2, nameof(offsets));
        _offsets = [.. offsets];
        Tasks = _offsets.Length - 1;
        _memory = [GC.AllocateArray<float>(_offsets[^1], pinned: true), GC.AllocateArray<float>(_offsets[^1], pinned: true)];
        _labels = [new long[Tasks], new long[Tasks]];
        _latest = new long[Tasks];
        Clear();
    }

    /// <summary>Number of ps tasks.</summary>
    public int Tasks { get; }

    /// <summary>The newest version that all ps tasks have reached, as far as is known; -1 for none.</summary>
    /// <remarks>They differ by one version at most: where one has reached v + 1, all have reached v.</remarks>
    public long Reached => Math.Max(Minimum(_latest), Maximum(_latest) - 1);

    /// <summary>The newest version that is here as a whole; -1 for none.</summary>
    public long FullVersion => Math.Max(Full(_labels[0]), Full(_labels[1]));

    public void Clear()
    {
        _labels[0].AsSpan().Fill(Empty);
        _labels[1].AsSpan().Fill(Empty);
        _latest.AsSpan().Fill(Empty);
    }

    /// <summary>The newest version that a ps task is known to have reached.</summary>
    public long Latest(int task) => _latest[task];

    /// <summary>Notes that a ps task has reached a version, whose slice may not be here.</summary>
    public void Heard(int task, long version) => _latest[task] = Math.Max(_latest[task], version);

    public bool Holds(int task, long version) => _labels[version & 1][task] == version;

    public ReadOnlyMemory<float> Version(long version) => _memory[version & 1];

    /// <summary>Where to receive a slice; false when it is older than the one in its place, or the same.</summary>
    public bool TryBegin(int task, long version, out Memory<float> target)
    {
        target = default;
        if (version < 0 || _labels[version & 1][task] >= version)
            return false;
        _labels[version & 1][task] = Empty;
        target = _memory[version & 1].AsMemory(_offsets[task], _offsets[task + 1] - _offsets[task]);
        return true;
    }

    /// <summary>The slice was received whole.</summary>
    public void Complete(int task, long version)
    {
        _labels[version & 1][task] = version;
        Heard(task, version);
    }

    private static long Full(long[] labels) => Minimum(labels) == Maximum(labels) ? labels[0] : Empty;

    private static long Minimum(long[] values)
    {
        var minimum = long.MaxValue;
        foreach (var value in values)
            minimum = Math.Min(minimum, value);
        return minimum;
    }

    private static long Maximum(long[] values)
    {
        var maximum = long.MinValue;
        foreach (var value in values)
            maximum = Math.Max(maximum, value);
        return maximum;
    }
}
