namespace Cluster.Models.Data.Synthetic;

/// <summary><c>linear</c>: y = w·x + 1 with normal noise, all of w and x standard normal. For regressions of any size.</summary>
internal sealed class LinearRows : ISyntheticRows
{
    // Apart from the numbers of the rows.
    private const ulong Weights = 1UL << 63;

    private readonly ulong _seed;
    private readonly double _noise;
    private readonly double[] _weights;

    private LinearRows(ulong seed, int features, double noise)
    {
        (_seed, _noise) = (seed, noise);
        _weights = [.. Enumerable.Range(0, features).Select(i => PhiloxNormal.At(seed, Weights + (ulong)i))];
        Schema = SyntheticData.SchemaOf(features, "y");
    }

    public DataSchema Schema { get; }

    public static LinearRows Create(SyntheticParameters parameters) => new(
        parameters.Seed, (int)parameters.Whole("features", 10, 1, DataSchema.MaxColumns - 1), parameters.Real("noise", 0.1, 0, 1e6));

    public float Row(long row, Span<float> features)
    {
        var number = (ulong)row * ((ulong)features.Length + 1);
        var y = 1 + (_noise * PhiloxNormal.At(_seed, number++));
        for (var i = 0; i < features.Length; i++)
        {
            features[i] = (float)PhiloxNormal.At(_seed, number++);
            y += _weights[i] * features[i];
        }

        return (float)y;
    }
}
