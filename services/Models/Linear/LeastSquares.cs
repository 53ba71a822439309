using Cluster.Models.Data;

namespace Cluster.Models.Linear;

/// <summary>The best linear fit: what training a linear regression approaches.</summary>
/// <param name="Weights">One for each feature.</param>
/// <param name="Bias">The constant.</param>
/// <param name="Loss">Mean squared residual over the data set.</param>
public sealed record LinearFit(IReadOnlyList<double> Weights, double Bias, double Loss);

/// <summary>Ordinary least squares in closed form, in double precision.</summary>
/// <remarks>
/// The normal equations of the centred data, C·w = c with C the covariances of the features and c those with the label, by
/// Cholesky's factorisation C = G·Gᵀ (Golub and Van Loan, Matrix Computations, section 4.2); then b = ȳ - w·x̄. With one
/// feature that is w = cov(x, y)/var(x).
/// </remarks>
public static class LeastSquares
{
    /// <summary>Most features: the covariances take their square.</summary>
    public const int MaxFeatures = 2048;

    private const double SmallestPivot = 1e-12;

    /// <exception cref="ArgumentException">There are more than <see cref="MaxFeatures"/> features,
    /// or a feature is constant or a combination of those before it.</exception>
    public static LinearFit Fit(DataSet data)
    {
        var d = data.FeatureCount;
        if (d > MaxFeatures)
            throw new ArgumentException($"There are {d} features; the closed form takes at most {MaxFeatures}.", nameof(data));
        var means = Means(data);
        var (covariances, weights) = Covariances(data, means);
        Factorise(covariances, data);
        Solve(covariances, weights);
        var bias = means[d];
        for (var i = 0; i < d; i++)
            bias -= weights[i] * means[i];
        return new LinearFit(weights, bias, MeanLoss(data, weights, bias));
    }

    private static double[] Means(DataSet data)
    {
        var d = data.FeatureCount;
        var means = new double[d + 1];
        for (long row = 0; row < data.Rows; row++)
        {
            var x = data.Features(row);
            for (var i = 0; i < d; i++)
                means[i] += x[i];
            means[d] += data.Label(row);
        }

        for (var i = 0; i <= d; i++)
            means[i] /= data.Rows;
        return means;
    }

    private static (double[,] Features, double[] Label) Covariances(DataSet data, double[] means)
    {
        var d = data.FeatureCount;
        var features = new double[d, d];
        var label = new double[d];
        var centred = new double[d];
        for (long row = 0; row < data.Rows; row++)
        {
            var x = data.Features(row);
            var y = data.Label(row) - means[d];
            for (var i = 0; i < d; i++)
            {
                centred[i] = x[i] - means[i];
                label[i] += centred[i] * y;
                for (var j = 0; j <= i; j++)
                    features[i, j] += centred[i] * centred[j];
            }
        }

        return (features, label);
    }

    /// <summary>Replaces the lower triangle by G.</summary>
    private static void Factorise(double[,] a, DataSet data)
    {
        for (var j = 0; j < a.GetLength(0); j++)
        {
            var pivot = a[j, j];
            for (var k = 0; k < j; k++)
                pivot -= a[j, k] * a[j, k];
            if (!(pivot > SmallestPivot * a[j, j]))
                throw new ArgumentException($"The feature '{data.Schema.Features[j]}' is constant or a combination of those before it.", nameof(data));
            a[j, j] = Math.Sqrt(pivot);
            for (var i = j + 1; i < a.GetLength(0); i++)
            {
                for (var k = 0; k < j; k++)
                    a[i, j] -= a[i, k] * a[j, k];
                a[i, j] /= a[j, j];
            }
        }
    }

    /// <summary>Solves G·Gᵀ·x = b in place.</summary>
    private static void Solve(double[,] g, double[] b)
    {
        var d = b.Length;
        for (var i = 0; i < d; i++)
        {
            for (var k = 0; k < i; k++)
                b[i] -= g[i, k] * b[k];
            b[i] /= g[i, i];
        }

        for (var i = d - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < d; k++)
                b[i] -= g[k, i] * b[k];
            b[i] /= g[i, i];
        }
    }

    private static double MeanLoss(DataSet data, double[] weights, double bias)
    {
        double loss = 0;
        for (long row = 0; row < data.Rows; row++)
        {
            var x = data.Features(row);
            var residual = bias - data.Label(row);
            for (var i = 0; i < x.Length; i++)
                residual += weights[i] * x[i];
            loss += residual * residual;
        }

        return loss / data.Rows;
    }
}
