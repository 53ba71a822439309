using System.Globalization;

namespace Cluster.Models.Data.Synthetic;

/// <summary>Rows that are computed, not read: <c>synthetic:NAME?rows=…&amp;seed=…</c>. The same URI gives the same bits anywhere.</summary>
/// <remarks>
/// Each row is a pure function of its number by Philox4x32-10. Names: <see cref="Names"/>; every one takes <c>rows</c>
/// (1 to the most that is read; 1,000, for <c>line</c> 101) and <c>seed</c> (0).
/// </remarks>
public sealed class SyntheticData : RowReader
{
    /// <summary>The scheme with its colon.</summary>
    public const string Scheme = "synthetic:";

    private const int DefaultRows = 1000;

    private static readonly Dictionary<string, Func<SyntheticParameters, ISyntheticRows>> Generators = new(StringComparer.Ordinal)
    {
        ["line"] = LineRows.Create,
        ["linear"] = LinearRows.Create,
        ["blobs"] = BlobRows.Create,
        ["moons"] = MoonRows.Create,
        ["xor"] = XorRows.Create,
    };

    private readonly ISyntheticRows _rows;
    private readonly long _count;
    private long _next;

    private SyntheticData(ISyntheticRows rows, long count, DataLimits limits)
        : base(limits)
    {
        if (rows.Schema.Features.Count >= limits.MaxColumns)
            throw new DataFormatException($"the rows have {rows.Schema.Features.Count + 1} columns; the most is {limits.MaxColumns}");
        (_rows, _count) = (rows, count);
    }

    /// <summary>Names of the generators.</summary>
    public static IReadOnlyCollection<string> Names => Generators.Keys;

    public override DataSchema Schema => _rows.Schema;

    public override long? DeclaredRows => _count;

    protected override long Row => _next;

    /// <summary>Opens a generator.</summary>
    /// <param name="uri"><c>synthetic:blobs?rows=1000&amp;classes=4</c>.</param>
    /// <param name="limits">How much it may make at most.</param>
    /// <exception cref="DataFormatException">There is no such generator, or a parameter is wrong.</exception>
    public static SyntheticData Open(string uri, DataLimits limits)
    {
        var text = uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? uri[Scheme.Length..] : uri;
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var name = question < 0 ? text : text[..question];
        if (!Generators.TryGetValue(name, out var create))
            throw new DataFormatException($"there is no generator {DataText.Shown(name)}; the generators are {string.Join(", ", Names)}");
        var parameters = new SyntheticParameters(question < 0 ? "" : text[(question + 1)..], name == "line" ? LineExample.Rows : DefaultRows, limits.MaxRows);
        var made = create(parameters);
        parameters.RequireAllTaken();
        return new SyntheticData(made, parameters.Rows, limits);
    }

    internal static DataSchema SchemaOf(int features, string label) =>
        new(Enumerable.Range(1, features).Select(i => string.Create(CultureInfo.InvariantCulture, $"x{i}")), label);

    protected override bool Next(CancellationToken cancellationToken) => _next < _count;

    protected override float Read(Span<float> features) => _rows.Row(_next++, features);
}
