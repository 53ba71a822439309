using Cluster.Contracts.Data;
using Cluster.Models.Data.Idx;
using Cluster.Models.Data.LibSvm;
using Cluster.Models.Data.Synthetic;

namespace Cluster.Models.Data;

/// <summary>Opens the reader that an import asks for.</summary>
public static class RowReaders
{
    /// <summary>Opens a reader over files, each of which may be compressed.</summary>
    /// <param name="import">How they are read; valid.</param>
    /// <param name="content">The file. Of IDX: the images, or the labels and behind them the images.</param>
    /// <param name="labels">Of IDX: the file of labels, where that is another.</param>
    /// <param name="limits">How much is read at most.</param>
    /// <returns>The reader; the streams stay open and the caller's.</returns>
    /// <exception cref="DataFormatException">The start of a file cannot be used.</exception>
    public static RowReader Open(DataImport import, Stream content, Stream? labels, DataLimits limits)
    {
        if (import.Format == DataFormats.LibSvm)
        {
            var options = OptionsOf(import, Features(import, content, limits), limits);
            var text = Decompression.Open(content);
            return LibSvmData.Open(text, options).Own(text);
        }

        var first = Decompression.Open(content);
        if (import.Format == DataFormats.Csv)
            return CsvData.Open(first, CsvOptionsOf(import, limits)).Own(first);
        if (labels is null)
            return IdxData.Open(first, images: null, limits).Own(first);
        var second = Decompression.Open(labels);
        return IdxData.Open(second, first, limits).Own(first, second);
    }

    /// <summary>Opens a generator.</summary>
    /// <exception cref="DataFormatException">There is none of that name, or a parameter is wrong.</exception>
    public static RowReader OpenSynthetic(DataImport import, DataLimits limits)
    {
        return SyntheticData.Open(import.Source, limits);
    }

    private static int Features(DataImport import, Stream content, DataLimits limits)
    {
        if (import.Features > 0)
            return import.Features;
        if (!content.CanSeek)
            throw new DataFormatException("the number of features must be given for a file that cannot be read twice");
        var start = content.Position;
        using var text = Decompression.Open(content);
        var features = LibSvmData.CountFeatures(text, OptionsOf(import, limits.MaxColumns - 1, limits));
        content.Position = start;
        return features;
    }

    private static CsvOptions CsvOptionsOf(DataImport import, DataLimits limits) => new()
    {
        Label = import.Label ?? "",
        HasHeader = import.HasHeader,
        ChunkRows = limits.ChunkRows,
        MaxRows = limits.MaxRows,
        MaxColumns = limits.MaxColumns,
        MaxBytes = limits.MaxBytes,
    };

    private static LibSvmOptions OptionsOf(DataImport import, int features, DataLimits limits) => new()
    {
        Features = features,
        IndexBase = import.IsZeroBased ? 0 : 1,
        ChunkRows = limits.ChunkRows,
        MaxRows = limits.MaxRows,
        MaxColumns = limits.MaxColumns,
        MaxBytes = limits.MaxBytes,
    };
}
