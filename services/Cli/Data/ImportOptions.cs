using System.CommandLine;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Data;

/// <summary>How a source is read.</summary>
internal sealed class ImportOptions
{
    private readonly Option<string?> _format = ValueOptions.OptionalName(
        "--format", "Format of the file. Default: idx with --labels, else csv.", DataFormats.All);

    private readonly Option<string?> _label = new("--label")
    {
        Description = $"csv: the label's column by name, or by number from 1; 1 to {TrainingSpec.MaxLabelLength} characters. All others are features.",
        HelpName = "COLUMN",
    };

    private readonly Option<bool> _noHeader =
        new("--no-header") { Description = "csv: the first row has numbers, not names; columns are then c1, c2, and so on." };

    private readonly Option<int?> _features = ValueOptions.OptionalNumber(
        "--features", $"libsvm: features of a row, 1 to {DataImport.MaxFeatures}. Default: up to the highest index, "
        + "for files that the cluster reads by itself.", 1, DataImport.MaxFeatures);

    private readonly Option<bool> _zeroBased = new("--zero-based") { Description = "libsvm: the first index is 0, not 1." };

    private readonly Option<string?> _labels = new("--labels")
    {
        Description = "idx: the file of labels, which belongs to the file of images.",
        HelpName = "SOURCE",
    };

    private readonly Option<bool> _shared = new("--shared")
    {
        Description = "Leave the rows where they are: each worker reads the file: or computes the synthetic: rows by itself. For large data.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_format, _label, _noHeader, _features, _zeroBased, _labels, _shared]) command.Options.Add(option);
    }

    public DataImport Read(ParseResult parsed, string source) => new()
    {
        Source = source,
        Labels = parsed.GetValue(_labels),
        Format = parsed.GetValue(_format) ?? (parsed.GetValue(_labels) is null ? DataFormats.Csv : DataFormats.Idx),
        Label = parsed.GetValue(_label),
        HasHeader = !parsed.GetValue(_noHeader),
        Features = parsed.GetValue(_features) ?? 0,
        IsZeroBased = parsed.GetValue(_zeroBased),
        IsShared = parsed.GetValue(_shared),
    };
}
