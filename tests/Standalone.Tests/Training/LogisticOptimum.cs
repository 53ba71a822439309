namespace Cluster.Standalone.Tests.Training;

/// <summary>Penalised logistic regression by Newton's method in double precision: the mean cross-entropy and l2/2 of all squared parameters.</summary>
internal static class LogisticOptimum
{
    /// <summary>Weights, then the bias.</summary>
    public static double[] Find(double[][] x, int[] y, double l2)
    {
        var n = x[0].Length + 1;
        var w = new double[n];
        for (var step = 0; step < 50; step++)
        {
            var gradient = new double[n];
            var hessian = new double[n, n];
            for (var row = 0; row < x.Length; row++)
            {
                double[] features = [.. x[row], 1];
                var p = 1 / (1 + Math.Exp(-Logit(w, x[row])));
                for (var i = 0; i < n; i++)
                {
                    gradient[i] += (p - y[row]) * features[i] / x.Length;
                    for (var j = 0; j < n; j++) hessian[i, j] += p * (1 - p) * features[i] * features[j] / x.Length;
                }
            }

            for (var i = 0; i < n; i++)
            {
                gradient[i] += l2 * w[i];
                hessian[i, i] += l2;
            }

            var move = Solve(hessian, gradient);
            for (var i = 0; i < n; i++) w[i] -= move[i];
            if (move.Max(Math.Abs) < 1e-12) return w;
        }

        throw new InvalidOperationException("Newton's method did not converge");
    }

    public static double Objective(IReadOnlyList<double> w, double[][] x, int[] y, double l2)
    {
        double loss = 0;
        for (var row = 0; row < x.Length; row++)
        {
            var z = Logit(w, x[row]);
            loss += Math.Max(z, 0) - (z * y[row]) + Math.Log(1 + Math.Exp(-Math.Abs(z)));
        }

        return (loss / x.Length) + (l2 / 2 * w.Sum(value => value * value));
    }

    private static double Logit(IReadOnlyList<double> w, double[] x) => x.Select((value, i) => value * w[i]).Sum() + w[^1];

    /// <summary>Gaussian elimination of a positive definite matrix.</summary>
    private static double[] Solve(double[,] a, double[] b)
    {
        var n = b.Length;
        double[] x = [.. b];
        for (var pivot = 0; pivot < n; pivot++)
        {
            for (var row = pivot + 1; row < n; row++)
            {
                var factor = a[row, pivot] / a[pivot, pivot];
                for (var column = pivot; column < n; column++) a[row, column] -= factor * a[pivot, column];
                x[row] -= factor * x[pivot];
            }
        }

        for (var row = n - 1; row >= 0; row--)
        {
            for (var column = row + 1; column < n; column++) x[row] -= a[row, column] * x[column];
            x[row] /= a[row, row];
        }

        return x;
    }
}
