namespace Cluster.Contracts.Data;

/// <summary>Formats of data files.</summary>
public static class DataFormats
{
    /// <summary>Comma-separated values.</summary>
    public const string Csv = "csv";

    /// <summary>LIBSVM's text format: a label and index:value pairs.</summary>
    public const string LibSvm = "libsvm";

    /// <summary>MNIST's format: a file of labels and one of images.</summary>
    public const string Idx = "idx";

    public static IReadOnlyList<string> All { get; } = [Csv, LibSvm, Idx];
}
