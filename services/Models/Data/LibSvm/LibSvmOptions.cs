namespace Cluster.Models.Data.LibSvm;

/// <summary>How to read a LIBSVM file, and how much at most.</summary>
public sealed record LibSvmOptions : DataLimits
{
    /// <summary>Features of each row, 1 to <see cref="DataSchema.MaxColumns"/> - 1: the file does not say. Absent ones are 0.</summary>
    public required int Features { get; init; }

    /// <summary>Index of the first feature: 1, the default, or 0.</summary>
    public int IndexBase { get; init; } = 1;
}
