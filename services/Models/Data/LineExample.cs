namespace Cluster.Models.Data;

/// <summary>The data of TensorFlow's example of linear regression: 101 points around y = 2x + 0.2.</summary>
public static class LineExample
{
    public const int Rows = 101;
    public const double Slope = 2, Intercept = 0.2, Noise = 0.4;

    /// <summary>x = linspace(-1, 1, 101), y = 2x + N(0, 0.4²) + 0.2; the noise of row i is number i of <see cref="PhiloxNormal"/>.</summary>
    /// <param name="seed">Seed of the noise; the same seed gives the same bits anywhere.</param>
    public static DataSet Create(ulong seed)
    {
        var x = new float[Rows];
        var y = new float[Rows];
        for (var i = 0; i < Rows; i++)
        {
            x[i] = (float)((i - 50) / 50.0);
            y[i] = (float)((Slope * x[i]) + (Noise * PhiloxNormal.At(seed, (ulong)i)) + Intercept);
        }

        return new DataSet(new DataSchema(["x"], "y"), [new DataChunk(0, 1, x, y)]);
    }
}
