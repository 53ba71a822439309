using Cluster.Contracts.Jobs;

namespace Cluster.Contracts.Data;

/// <summary>A data set that is to be made: from where, and how it is read.</summary>
public sealed record DataImport
{
    public const int MaxNameLength = 64;
    public const int MaxSourceLength = 2048;
    public const int MaxFeatures = 16_383;
    public const int MaxKeyLength = 64;

    /// <summary>Prefix of the ids of data sets, which no name may have.</summary>
    public const string IdPrefix = "data-";

    /// <summary>
    /// Name under which jobs find the data set: 1 to <see cref="MaxNameLength"/> lower-case letters, digits or '-', not
    /// beginning with <c>data-</c>. A data set with a name is kept until it is removed; null for one that is only known
    /// by its id and goes some time after its last use.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// Where it comes from, 1 to <see cref="MaxSourceLength"/> characters: <c>synthetic:…</c>, <c>file:…</c> or
    /// <c>http(s)://…</c>; for a file that a client sends, its name.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>For <see cref="DataFormats.Idx"/>: where the labels come from. In what a client sends they stand before the images.</summary>
    public string? Labels { get; init; }

    /// <summary>One of <see cref="DataFormats.All"/>; files may be compressed with gzip.</summary>
    public string Format { get; init; } = DataFormats.Csv;

    /// <summary>Of CSV: the label's column by name, or by number from 1. 1 to 256 characters.</summary>
    public string? Label { get; init; }

    /// <summary>Of CSV: the first row has the columns' names; else they are c1, c2, and so on.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>Of LIBSVM: features of a row, 1 to <see cref="MaxFeatures"/>; 0 to look for the highest index,
    /// in files that are not sent by a client.</summary>
    public int Features { get; init; }

    /// <summary>Of LIBSVM: the first index is 0 and not 1.</summary>
    public bool IsZeroBased { get; init; }

    /// <summary>
    /// Keep the rows where they are: workers read the file, or compute the rows, themselves. For <c>file:</c> and
    /// <c>synthetic:</c>.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary>
    /// Of one with a name: 1 to <see cref="MaxKeyLength"/> characters; a load that is repeated with it finds the data set that
    /// the first one made, where else the name would be taken. Null for none.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Everything that is wrong with it by itself.</summary>
    public IReadOnlyList<SpecViolation> Validate() => DataImportValidator.Instance.Violations(this);

    /// <summary>Whether a source has this scheme: <c>file</c> for <c>file:/data/x.csv</c>.</summary>
    public static bool HasScheme(string source, string scheme)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(scheme);
        return source.Length > scheme.Length && source[scheme.Length] == ':' && source.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a source is read by the cluster and not sent by a client.</summary>
    public static bool IsUri(string source) => DataSchemes.All.Any(scheme => HasScheme(source, scheme));
}
