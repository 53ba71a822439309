namespace Cluster.Protocol.Parameters;

/// <summary>All buffers for gradients under way to one ps task, allocated up front: a push is received whole into one of them before it is admitted.</summary>
/// <remarks>Not thread safe: rent and return on the task's own loop.</remarks>
public sealed class StagingPool
{
    private readonly StagedGradient[] _free;
    private int _count;

    /// <param name="length">Floats of one gradient.</param>
    /// <param name="capacity">Number of buffers.</param>
    public StagingPool(int length, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _free = new StagedGradient[capacity];
        for (int i = 0; i < capacity; i++)
            _free[i] = new StagedGradient(length);
        _count = capacity;
    }

    /// <summary>Buffers that suffice for a job: what the accumulator holds at most, and one for each exchange stream.</summary>
    /// <param name="lanes">Lanes of the job.</param>
    /// <param name="streams">Exchange streams open at once, each with one push under way.</param>
    public static int Capacity(int lanes, int streams) => BlockAccumulator.MaxHeld(lanes) + streams;

    public int Available => _count;

    /// <summary>A buffer with undefined content; false when all are in use.</summary>
    public bool TryRent(out StagedGradient gradient)
    {
        if (_count == 0)
        {
            gradient = null!;
            return false;
        }

        gradient = _free[--_count];
        gradient.IsRented = true;
        return true;
    }

    /// <summary>Takes a buffer back.</summary>
    /// <exception cref="InvalidOperationException">The buffer is not rented.</exception>
    public void Return(StagedGradient gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        if (!gradient.IsRented)
            throw new InvalidOperationException("The staging buffer was returned before.");
        gradient.IsRented = false;
        _free[_count++] = gradient;
    }
}

/// <summary>A gradient's floats on their way from the wire into a step; owned by whoever rented it until it is pushed or returned.</summary>
public sealed class StagedGradient
{
    private readonly float[] _values;

    internal StagedGradient(int length) => _values = GC.AllocateArray<float>(length, pinned: true);

    internal bool IsRented { get; set; }

    public Span<float> Values => _values;

    /// <summary>For a socket to receive into.</summary>
    public Memory<float> Memory => _values;
}
