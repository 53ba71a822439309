using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Cluster.Cli.Data;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>What the model is trained on, what of it is held out, and how features are scaled.</summary>
internal sealed class DataOptions : ITrainOptionGroup
{
    private readonly Option<bool> _noHeader =
        new("--no-header") { Description = "The first row of the CSV file of --data has numbers, not names; columns are then c1, c2, and so on." };

    private readonly Option<double> _testFraction = ValueOptions.Real(
        "--test-fraction",
        string.Create(CultureInfo.InvariantCulture, $"Part of the rows that is held out of training, chosen by --seed, 0 to {TrainingSpec.MaxTestFraction}."),
        0,
        new NumberRange(0, TrainingSpec.MaxTestFraction));

    private readonly Option<bool> _standardise =
        new("--standardise") { Description = "Shift and scale each feature to mean 0 and standard deviation 1 over the rows that are trained on." };

    public Option<string?> Data { get; } = new("--data")
    {
        Description = "A CSV file, sent to the cluster; a URI that the cluster reads (see `data add --help`); or the name of a data set. Default: "
        + "TensorFlow's example.",
        HelpName = "FILE.csv|URI|NAME",
    };

    public Option<string?> Label { get; } = new("--label")
    {
        Description = $"Column of --data that the model is to predict, by name or by number from 1; 1 to {TrainingSpec.MaxLabelLength} characters.",
        HelpName = "COLUMN",
    };

    public void AddTo(Command command)
    {
        Data.Validators.Add(RequireLabel);
        Label.Validators.Add(CheckLabel);
        _noHeader.Validators.Add(CheckNoHeader);
        foreach (var option in (Option[])[Data, Label, _noHeader, _testFraction, _standardise]) command.Options.Add(option);
    }

    /// <summary>The data set's name in the spec; a file's or a URI's rows get their id later.</summary>
    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec) => spec with
    {
        // By number, the file's or URI's data set gives the column its name. One that has a name has its label too, and what else is said is refused.
        Label = IsNumber(parsed.GetValue(Label)) && ReadName(parsed) is null ? null : parsed.GetValue(Label),
        TestFraction = parsed.GetValue(_testFraction),
        Standardise = parsed.GetValue(_standardise),
    };

    /// <summary>The name of a data set that the cluster has, where --data gives one.</summary>
    public string? ReadName(ParseResult parsed) => parsed.GetValue(Data) is { } data && IsName(data) ? data : null;

    /// <summary>Opens the file or URI of --data; null where it gives none.</summary>
    /// <exception cref="Client.Errors.SpecRejectedException">It cannot be read.</exception>
    public DataTransfer? Open(ParseResult parsed) => parsed.GetValue(Data) is { } data && !IsName(data)
        ? DataTransfer.Open(new DataImport { Source = data, Label = parsed.GetValue(Label), HasHeader = !parsed.GetValue(_noHeader) })
        : null;

    private void RequireLabel(OptionResult data)
    {
        if (data.Tokens is [{ Value: "" }]) data.AddError("--data: '': must name a file");
        if (data.Tokens is [{ Value: var text }] && (IsName(text) || DataImport.HasScheme(text, DataSchemes.Synthetic))) return;
        if (data.GetResult(Label) is null) data.AddError("--label: is missing: must name the column of --data that the model is to predict");
    }

    private void CheckLabel(OptionResult label)
    {
        if (label.Tokens is [{ Value: { Length: 0 or > TrainingSpec.MaxLabelLength } text }])
            label.AddError($"--label: {text.Length} characters: must have 1 to {TrainingSpec.MaxLabelLength}");
        else if (label.Tokens is [{ Value: var column }] && label.GetResult(Data) is null)
            label.AddError($"--label: {column}: cannot be given without --data");
    }

    private void CheckNoHeader(OptionResult noHeader)
    {
        if (noHeader.IdentifierTokenCount > 0 && (noHeader.GetResult(Data) is not { Tokens: [{ Value: var data }] } || IsName(data)))
            noHeader.AddError("--no-header: cannot be given without a file or URI as --data");
    }

    private static bool IsNumber(string? label) => label is { Length: > 0 } && label.All(char.IsAsciiDigit);

    // A file of such a name is ./NAME.
    private static bool IsName(string data) =>
        data.Length is > 0 and <= TrainingSpec.MaxNameLength && data.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
