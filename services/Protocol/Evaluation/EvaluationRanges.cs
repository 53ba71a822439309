namespace Cluster.Protocol.Evaluation;

/// <summary>How the examples of an evaluation are cut into items: by their number alone, so that the sums have the same bits whoever computes them.</summary>
public static class EvaluationRanges
{
    /// <summary>Examples that a worker puts through the model at once, and adds in order.</summary>
    public const int BatchRows = 256;

    /// <summary>Most ranges of a set.</summary>
    public const int MaxRanges = 64;

    /// <summary>Consecutive ranges [From, To) of the rows [0, <paramref name="rows"/>), whole batches each but for the last.</summary>
    public static IReadOnlyList<(long From, long To)> Of(long rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        var batches = ((rows - 1) / BatchRows) + 1;
        var length = (((batches - 1) / MaxRanges) + 1) * BatchRows;
        return [.. Enumerable.Range(0, (int)(((rows - 1) / length) + 1)).Select(i => (i * length, Math.Min(rows, (i + 1) * length)))];
    }
}
