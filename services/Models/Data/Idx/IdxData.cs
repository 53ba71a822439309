using System.Globalization;

namespace Cluster.Models.Data.Idx;

/// <summary>A pair of IDX files (LeCun, Cortes and Burges, MNIST): labels, and images whose values are the features as they are.</summary>
/// <remarks>The labels are held in memory, read as they come. Features are named x1, x2, …, the label <c>label</c>.</remarks>
public sealed class IdxData : RowReader
{
    /// <summary>Most rows: the labels of so many take 64 MiB.</summary>
    public const long MaxRows = 1 << 24;

    private const string Labels = "labels";
    private const string Images = "images";
    private const int FirstLabels = 1 << 16;

    private readonly float[] _labels;
    private readonly IdxFile _images;

    private IdxData(float[] labels, IdxFile images, DataLimits limits)
        : base(limits)
    {
        (_labels, _images) = (labels, images);
        Schema = new DataSchema(Enumerable.Range(1, images.Header.Width).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}")), "label");
    }

    public override DataSchema Schema { get; }

    public override long? DeclaredRows => _images.Header.Rows;

    protected override long Row => _images.Row;

    /// <summary>Reads the labels, and the header of the images. The streams stay open and the caller's.</summary>
    /// <param name="labels">The file of labels, of one dimension.</param>
    /// <param name="images">The file of images; null where they follow the labels in the same stream.</param>
    /// <param name="limits">How much is read at most.</param>
    /// <exception cref="DataFormatException">A file is none, declares too much, or they do not belong together.</exception>
    public static IdxData Open(Stream labels, Stream? images, DataLimits limits)
    {
        var maxRows = Math.Min(limits.MaxRows, MaxRows);
        Stream bounded = new BoundedStream(labels, limits.MaxBytes, images is null ? null : Labels);
        var labelFile = new IdxFile(bounded, Labels, maxRows, maxWidth: 1);
        var values = ReadLabels(labelFile);
        if (images is not null)
            labelFile.RequireEnd();
        var imageStream = images is null ? bounded : new BoundedStream(images, limits.MaxBytes, Images);
        var imageFile = new IdxFile(imageStream, Images, maxRows, limits.MaxColumns - 1);
        return imageFile.Header.Rows == labelFile.Header.Rows
            ? new IdxData(values, imageFile, limits)
            : throw new DataFormatException($"there are {labelFile.Header.Rows} labels and {imageFile.Header.Rows} images");
    }

    protected override bool Next(CancellationToken cancellationToken)
    {
        if (_images.Row < _labels.Length)
            return true;
        _images.RequireEnd();
        return false;
    }

    protected override float Read(Span<float> features)
    {
        _images.Read(features);
        return _labels[_images.Row - 1];
    }

    // Grows as labels come: a header may declare what it likes.
    private static float[] ReadLabels(IdxFile file)
    {
        var labels = new float[Math.Min(FirstLabels, file.Header.Rows)];
        for (var i = 0; i < file.Header.Rows; i++)
        {
            if (i == labels.Length)
                Array.Resize(ref labels, (int)Math.Min(2L * i, file.Header.Rows));
            file.Read(labels.AsSpan(i, 1));
        }

        return labels;
    }
}
