namespace Cluster.Client.Data;

/// <summary>What the columns of a data set hold.</summary>
/// <param name="Info">The data set.</param>
/// <param name="Columns">The features in order, and last the label.</param>
/// <param name="Classes">Rows of each label in order, where labels are whole numbers and few; else empty.</param>
public sealed record DataSetDetails(DataSetInfo Info, IReadOnlyList<ColumnInfo> Columns, IReadOnlyList<LabelRows> Classes);

/// <summary>A column of a data set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Max">The largest value.</param>
public sealed record ColumnInfo(string Name, float Min, double Mean, float Max);

/// <summary>How often a label comes.</summary>
public sealed record LabelRows(float Label, long Rows);
