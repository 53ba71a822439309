using System.CommandLine;
using System.CommandLine.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>What the model is trained on.</summary>
internal sealed class DataOptions : ITrainOptionGroup
{
    public Option<string?> Data { get; } = new("--data")
    {
        Description = "CSV file with a header, sent to the cluster. Default: TensorFlow's example.",
        HelpName = "FILE.csv",
    };

    public Option<string?> Label { get; } = new("--label")
    {
        Description = $"Column of --data that the model is to predict, 1 to {TrainingSpec.MaxLabelLength} characters.",
        HelpName = "COLUMN",
    };

    public void AddTo(Command command)
    {
        Data.Validators.Add(RequireLabel);
        Label.Validators.Add(CheckLabel);
        command.Options.Add(Data);
        command.Options.Add(Label);
    }

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec) => spec with { Label = parsed.GetValue(Label) };

    private void RequireLabel(OptionResult data)
    {
        if (data.Tokens is [{ Value: "" }]) data.AddError("--data: '': must name a file");
        if (data.GetResult(Label) is null) data.AddError("--label: is missing: must name the column of --data that the model is to predict");
    }

    private void CheckLabel(OptionResult label)
    {
        if (label.Tokens is [{ Value: { Length: 0 or > TrainingSpec.MaxLabelLength } text }])
            label.AddError($"--label: {text.Length} characters: must have 1 to {TrainingSpec.MaxLabelLength}");
        else if (label.Tokens is [{ Value: var column }] && label.GetResult(Data) is null)
            label.AddError($"--label: {column}: cannot be given without --data");
    }
}
