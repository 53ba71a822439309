namespace Cluster.Models.Data;

/// <summary>What a column holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Min">The smallest value.</param>
/// <param name="Mean">The mean, in double precision, in the order of the rows.</param>
/// <param name="Max">The largest value.</param>
public sealed record ColumnSummary(string Name, float Min, double Mean, float Max);

/// <summary>How often a label comes.</summary>
public sealed record LabelCount(float Label, long Rows);

/// <summary>What the columns of a data set hold.</summary>
/// <param name="Columns">The features in order, and last the label.</param>
/// <param name="Classes">The labels in order, where they are whole numbers and few; else null.</param>
public sealed record DataSummary(IReadOnlyList<ColumnSummary> Columns, IReadOnlyList<LabelCount>? Classes);
