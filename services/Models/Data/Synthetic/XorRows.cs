namespace Cluster.Models.Data.Synthetic;

/// <summary><c>xor</c>: points of the square from -1 to 1, of class 1 where exactly one coordinate is positive.</summary>
internal sealed class XorRows(ulong seed) : ISyntheticRows
{
    public DataSchema Schema { get; } = SyntheticData.SchemaOf(2, "class");

    public static XorRows Create(SyntheticParameters parameters) => new(parameters.Seed);

    public float Row(long row, Span<float> features)
    {
        features[0] = (float)((2 * UniformDraws.At(seed, 2 * (ulong)row)) - 1);
        features[1] = (float)((2 * UniformDraws.At(seed, (2 * (ulong)row) + 1)) - 1);
        return features[0] > 0 != features[1] > 0 ? 1 : 0;
    }
}
