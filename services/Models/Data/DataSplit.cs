using Cluster.Protocol.Lanes;
using Cluster.Protocol.Plans;

namespace Cluster.Models.Data;

/// <summary>Which rows are trained on and which are held out: a pure function of (rows, number held out, seed), the same in every process.</summary>
/// <remarks>
/// The rows are put in the order of a bijection keyed by the seed (<see cref="ExampleOrder.HeldOut"/>); the first
/// <see cref="TestRows"/> of it are held out, the others are trained on. Nothing is stored and nothing is copied.
/// </remarks>
public sealed class DataSplit
{
    private readonly EpochOrder _order;

    /// <param name="rows">Rows of the data set, at least 1.</param>
    /// <param name="testRows">Rows held out, 0 to one less than all.</param>
    /// <param name="seed">The job's seed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public DataSplit(long rows, long testRows, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(testRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(testRows, rows);
        (Rows, TestRows) = (rows, testRows);
        _order = new ExampleOrder(seed, rows).HeldOut;
    }

    /// <summary>The split of a job.</summary>
    public static DataSplit Of(TrainingPlan plan)
    {
        return new DataSplit(plan.Rows, plan.TestRows, plan.Spec.Seed);
    }

    /// <summary>How many rows a fraction holds out: the nearest whole number, at least one and not all where the fraction is above 0.</summary>
    /// <exception cref="ArgumentException">There are fewer than two rows to divide.</exception>
    public static long CountTestRows(long rows, double fraction)
    {
        if (fraction == 0)
            return 0;
        return rows >= 2
            ? Math.Clamp((long)Math.Round(rows * fraction, MidpointRounding.AwayFromZero), 1, rows - 1)
            : throw new ArgumentException($"{rows} row cannot be divided into training and test rows", nameof(rows));
    }

    public long Rows { get; }

    public long TestRows { get; }

    /// <summary>The rows that are trained on: all, in order, where none is held out.</summary>
    public RowView Train => TestRows == 0 ? RowView.All(Rows) : new RowView(_order, TestRows, Rows - TestRows, isIdentity: false);

    /// <summary>The rows that are held out, for evaluation.</summary>
    public RowView Test => new(_order, 0, TestRows, isIdentity: false);

    /// <summary>Whether a row is held out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is outside [0, <see cref="Rows"/>).</exception>
    public bool IsTest(long row) => TestRows > 0 && _order.Position(row) < TestRows;
}
