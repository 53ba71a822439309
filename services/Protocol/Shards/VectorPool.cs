namespace Cluster.Protocol.Shards;

/// <summary>The memory of one range on one ps task: as many vectors as there can be at once, made when they are first needed. Thread safe.</summary>
public sealed class VectorPool
{
    private readonly BoundedPool<PooledVector> _vectors;
    private readonly int _capacity;

    /// <param name="length">Floats of the range.</param>
    /// <param name="capacity">Vectors there may be.</param>
    public VectorPool(int length, int capacity)
    {
        _capacity = capacity;
        _vectors = new BoundedPool<PooledVector>(capacity, "vectors of the range", () => new PooledVector(this, length));
    }

    /// <summary>States that a task keeps: the two latest versions, and that of the snapshot.</summary>
    public const int States = 3;

    /// <summary>Vectors that nobody holds, those not made yet among them.</summary>
    public int Available => _capacity - Rented;

    /// <summary>Vectors that someone holds.</summary>
    public int Rented => _vectors.Rented;

    /// <summary>Gradients under way at most: what the accumulator holds, and one for each exchange stream.</summary>
    /// <param name="lanes">Lanes of the job.</param>
    /// <param name="streams">Exchange streams open at once, each with one push under way.</param>
    public static int Gradients(int lanes, int streams) => BlockAccumulator.MaxHeld(lanes) + streams;

    /// <summary>Vectors that suffice for a task: its gradients and states; for each stream one being sent and one that waits,
    /// and the one that was published last.</summary>
    /// <inheritdoc cref="Gradients" path="/param"/>
    public static int Capacity(int lanes, int streams) => Gradients(lanes, streams) + States + (2 * streams) + 1;

    /// <summary>A vector with undefined content, which the caller alone holds.</summary>
    /// <exception cref="InvalidOperationException">More are held than there can be.</exception>
    public PooledVector Rent()
    {
        var vector = _vectors.Rent();
        vector.Open();
        return vector;
    }

    internal void Return(PooledVector vector) => _vectors.Return(vector);
}
