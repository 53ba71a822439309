using System.Globalization;
using System.Linq.Expressions;
using Cluster.Contracts.Jobs;

namespace Cluster.Contracts.Data;

internal sealed class DataImportValidator : SpecValidator<DataImport>
{
    public static readonly DataImportValidator Instance = new();

    private DataImportValidator()
    {
        Satisfies("name", i => i.Name ?? "a", IsName,
            $"must be 1 to {DataImport.MaxNameLength} lower-case letters, digits or '-', and must not begin with '{DataImport.IdPrefix}'");
        Satisfies("source", i => i.Source, s => s.Length is > 0 and <= DataImport.MaxSourceLength, $"must have 1 to {DataImport.MaxSourceLength} characters");
        Satisfies("idempotencyKey", i => i.IdempotencyKey ?? "a", k => k.Length is > 0 and <= DataImport.MaxKeyLength,
            $"must have 1 to {DataImport.MaxKeyLength} characters");
        OneOf("format", i => i.Format, DataFormats.All);
        Within("features", i => i.Features, 0, DataImport.MaxFeatures);
        When(IsCsv, () => Satisfies("label", i => i.Label ?? "", l => l.Length is > 0 and <= TrainingSpec.MaxLabelLength,
            $"must have 1 to {TrainingSpec.MaxLabelLength} characters"));
        When(i => i.IsShared, () => Satisfies(
            "shared", i => i.Source, s => DataImport.HasScheme(s, DataSchemes.File) || DataImport.HasScheme(s, DataSchemes.Synthetic),
            "only file: and synthetic: sources can stay where they are"));
        When(i => i.Format == DataFormats.Idx && DataImport.IsUri(i.Source), () => Satisfies(
            "labels", i => i.Labels ?? "", l => l.Length <= DataImport.MaxSourceLength && DataImport.IsUri(l), "must be the URI of the file of labels"));
        BelongsTo(DataFormats.Csv, "label", i => i.Label ?? "");
        BelongsTo(DataFormats.Csv, "noHeader", i => i.HasHeader ? "" : "true");
        BelongsTo(DataFormats.LibSvm, "features", i => i.Features == 0 ? "" : i.Features.ToString(CultureInfo.InvariantCulture));
        BelongsTo(DataFormats.LibSvm, "zeroBased", i => i.IsZeroBased ? "true" : "");
        BelongsTo(DataFormats.Idx, "labels", i => i.Labels ?? "");
    }

    /// <summary>What another format has no use for would be passed over in silence.</summary>
    private void BelongsTo(string format, string field, Expression<Func<DataImport, string>> value) =>
        When(i => i.Format != format && DataFormats.All.Contains(i.Format),
        () => Satisfies(field, value, v => v.Length == 0, $"is for files of the format {format}"));

    private static bool IsCsv(DataImport import) =>
        import.Format == DataFormats.Csv && !DataImport.HasScheme(import.Source, DataSchemes.Synthetic);

    private static bool IsName(string name) =>
        name.Length is > 0 and <= DataImport.MaxNameLength && !name.StartsWith(DataImport.IdPrefix, StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
