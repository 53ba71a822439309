namespace Cluster.Models.Data;

/// <summary>What to read of a CSV file, and how much at most.</summary>
public sealed record CsvOptions : DataLimits
{
    /// <summary>Name of the label's column, or its number, counted from 1; all other columns are features.</summary>
    public required string Label { get; init; }

    /// <summary>Whether the first row has the columns' names; else they are c1, c2, and so on. Default true.</summary>
    public bool HasHeader { get; init; } = true;
}
