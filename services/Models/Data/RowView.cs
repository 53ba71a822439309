using Cluster.Protocol.Lanes;

namespace Cluster.Models.Data;

/// <summary>Some rows of a data set, numbered anew from 0: see <see cref="DataSplit"/>. A value, without a list of them.</summary>
public readonly struct RowView
{
    private readonly EpochOrder _order;
    private readonly long _first;
    private readonly bool _isIdentity;

    internal RowView(EpochOrder order, long first, long count, bool isIdentity) =>
        (_order, _first, Count, _isIdentity) = (order, first, count, isIdentity);

    /// <summary>All rows of a data set, in order.</summary>
    public static RowView All(long rows) => new(default, 0, rows, isIdentity: true);

    /// <summary>Rows in the view.</summary>
    public long Count { get; }

    /// <summary>The data set's row at an index of the view.</summary>
    /// <param name="index">In [0, <see cref="Count"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the view.</exception>
    public long Row(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return _isIdentity ? index : _order.Example(_first + index);
    }
}
