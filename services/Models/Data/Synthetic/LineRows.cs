namespace Cluster.Models.Data.Synthetic;

/// <summary><c>line</c>: points of y = slope·x + intercept with normal noise, x evenly from -1 to 1. The defaults are TensorFlow's example.</summary>
internal sealed class LineRows(long rows, ulong seed, double slope, double intercept, double noise) : ISyntheticRows
{
    public DataSchema Schema { get; } = new(["x"], "y");

    public static LineRows Create(SyntheticParameters parameters) => new(
        parameters.Rows, parameters.Seed, parameters.Real("slope", LineExample.Slope, -1e6, 1e6),
        parameters.Real("intercept", LineExample.Intercept, -1e6, 1e6),
        parameters.Real("noise", LineExample.Noise, 0, 1e6));

    public float Row(long row, Span<float> features)
    {
        features[0] = rows == 1 ? 0 : (float)(((2.0 * row) - (rows - 1)) / (rows - 1));
        return (float)((slope * features[0]) + (noise * PhiloxNormal.At(seed, (ulong)row)) + intercept);
    }
}
