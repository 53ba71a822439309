namespace Cluster.Models.Data.Synthetic;

/// <summary><c>blobs</c>: a normal cloud around a random centre in [-10, 10] for each class; row i is of class i mod classes.</summary>
internal sealed class BlobRows : ISyntheticRows
{
    private readonly ulong _seed;
    private readonly double _spread;
    private readonly double[][] _centres;

    private BlobRows(ulong seed, int classes, int features, double spread)
    {
        (_seed, _spread) = (seed, spread);
        _centres = [.. Enumerable.Range(0, classes).Select(c => Centre(seed, c, features))];
        Schema = SyntheticData.SchemaOf(features, "class");
    }

    public DataSchema Schema { get; }

    public static BlobRows Create(SyntheticParameters parameters) => new(
        parameters.Seed, (int)parameters.Whole("classes", 3, 2, 1000), (int)parameters.Whole("features", 2, 1, 4096), parameters.Real("spread", 1, 0, 1e6));

    public float Row(long row, Span<float> features)
    {
        var (number, centre) = ((ulong)row * (ulong)features.Length, _centres[row % _centres.Length]);
        for (var i = 0; i < features.Length; i++)
            features[i] = (float)(centre[i] + (_spread * PhiloxNormal.At(_seed, number + (ulong)i)));
        return row % _centres.Length;
    }

    private static double[] Centre(ulong seed, int number, int features) =>
        [.. Enumerable.Range(0, features).Select(i => (20 * UniformDraws.At(seed, ((ulong)number * (ulong)features) + (ulong)i)) - 10)];
}
