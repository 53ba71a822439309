namespace Cluster.Models.Data.Synthetic;

/// <summary><c>moons</c>: two half circles of radius 1 that reach into each other, with normal noise: classes that no line parts.</summary>
internal sealed class MoonRows(ulong seed, double noise) : ISyntheticRows
{
    public DataSchema Schema { get; } = SyntheticData.SchemaOf(2, "class");

    public static MoonRows Create(SyntheticParameters parameters) => new(parameters.Seed, parameters.Real("noise", 0.1, 0, 1e6));

    public float Row(long row, Span<float> features)
    {
        var (sine, cosine) = HalfCircle.At(UniformDraws.At(seed, (ulong)row) - 0.5);
        var isLower = row % 2 == 1;
        var (x, y) = isLower ? (1 - sine, 0.5 - cosine) : (sine, cosine);
        features[0] = (float)(x + (noise * PhiloxNormal.At(seed, 2 * (ulong)row)));
        features[1] = (float)(y + (noise * PhiloxNormal.At(seed, (2 * (ulong)row) + 1)));
        return isLower ? 1 : 0;
    }
}
