using Cluster.Models.Data;

namespace Cluster.EndToEnd.Training;

/// <summary>What is known of the fit of a line without training it here: y = wx + b with the mean squared error.</summary>
internal static class LineOracle
{
    /// <summary>Gradient descent with all rows a step from w = -1 and b = -2, in double precision.</summary>
    public static (double W, double B) Descend(DataSet data, int steps, double rate)
    {
        var (w, b) = (-1.0, -2.0);
        for (var step = 0; step < steps; step++)
        {
            var (ofW, ofB) = (0.0, 0.0);
            for (var row = 0; row < data.Rows; row++)
            {
                double x = data.Features(row)[0];
                var slope = 2 * ((w * x) + b - data.Label(row));
                ofW += slope * x;
                ofB += slope;
            }

            w -= rate * ofW / data.Rows;
            b -= rate * ofB / data.Rows;
        }

        return (w, b);
    }

    /// <summary>The minimum in closed form.</summary>
    public static (double W, double B) LeastSquares(DataSet data)
    {
        var (n, x, y, xx, xy) = ((double)data.Rows, 0.0, 0.0, 0.0, 0.0);
        for (var row = 0; row < data.Rows; row++)
        {
            double xi = data.Features(row)[0], yi = data.Label(row);
            (x, y, xx, xy) = (x + xi, y + yi, xx + (xi * xi), xy + (xi * yi));
        }

        var w = ((n * xy) - (x * y)) / ((n * xx) - (x * x));
        return (w, (y - (w * x)) / n);
    }

    /// <summary>Standard deviations of w and b around the minimum with plain descent of constant rate, from above.</summary>
    /// <remarks>As for Adagrad below, with η the rate and the variance of a gradient divided by the batch: ηv/(2h·batch).</remarks>
    public static (double W, double B) SgdSpread(DataSet data, int batch, double rate)
    {
        var meanSquare = 0.0;
        for (var row = 0; row < data.Rows; row++)
            meanSquare += data.Features(row)[0] * data.Features(row)[0] / (double)data.Rows;
        return (Spread(meanSquare), Spread(1));

        double Spread(double square) => Math.Sqrt(rate * 4 * LineExample.Noise * LineExample.Noise * square / (2 * 2 * square * batch));
    }

    /// <summary>Standard deviations of w and b around the minimum after Adagrad with batches of one, from above.</summary>
    /// <remarks>
    /// At the minimum a gradient of b is 2r and one of w is 2rx, with r the noise of a label: variances v = 4σ² and 4σ²·E[x²].
    /// After n updates the accumulator is at least nv, so the step is at most η = rate/√(nv). Gradient descent with step η,
    /// curvature h (2 for b, 2·E[x²] for w) and independent gradients of variance v stays within a variance of ηv/2h of
    /// the minimum, to first order in η. An epoch takes each example once, which only makes it less; a gradient that is a
    /// few updates old adds a share of ηh, below a hundredth.
    /// </remarks>
    public static (double W, double B) AdagradSpread(DataSet data, long updates, double rate)
    {
        var meanSquare = 0.0;
        for (var row = 0; row < data.Rows; row++)
            meanSquare += data.Features(row)[0] * data.Features(row)[0] / (double)data.Rows;
        return (Spread(meanSquare), Spread(1));

        double Spread(double square)
        {
            var variance = 4 * LineExample.Noise * LineExample.Noise * square;
            var step = rate / Math.Sqrt(updates * variance);
            return Math.Sqrt(step * variance / (2 * 2 * square));
        }
    }
}
