using Cluster.Compute.Numerics;

namespace Cluster.Models.Dense;

/// <summary>What logits say, in double and with the same bits everywhere.</summary>
internal static class Probabilities
{
    /// <summary>The class that logits name: the first of the largest; of one logit class 1 where it is above 0.</summary>
    public static int Class(ReadOnlySpan<float> logits)
    {
        if (logits.Length == 1) return logits[0] > 0 ? 1 : 0;
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best]) best = i;
        }

        return best;
    }

    /// <summary>Replaces rows of logits by their softmax; one logit a row by its sigmoid.</summary>
    public static void Of(Span<float> logits, int classes)
    {
        for (var row = 0; row < logits.Length; row += classes)
        {
            if (classes == 1) logits[row] = Sigmoid(logits[row]);
            else Softmax(logits.Slice(row, classes));
        }
    }

    private static float Sigmoid(float logit)
    {
        if (float.IsNaN(logit)) return logit;
        var small = PortableMath.ExpNegative(-Math.Abs((double)logit));
        return (float)((logit < 0 ? small : 1) / (1 + small));
    }

    private static void Softmax(Span<float> row)
    {
        var largest = row[0];
        foreach (var logit in row) largest = Math.Max(largest, logit);
        // Of a network that diverged.
        if (!float.IsFinite(largest))
        {
            row.Fill(float.NaN);
            return;
        }

        double sum = 0;
        foreach (var logit in row) sum += PortableMath.ExpNegative((double)logit - largest);
        for (var i = 0; i < row.Length; i++) row[i] = (float)(PortableMath.ExpNegative((double)row[i] - largest) / sum);
    }
}
