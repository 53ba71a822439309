using System.CommandLine;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>What is trained, and what it starts from.</summary>
/// <param name="model">The model of a command that is named for it; null where <c>--model</c> names it.</param>
internal sealed class ModelOptions(string? model) : ITrainOptionGroup
{
    // A cluster may have models of its own: which there are, the coordinator knows.
    private readonly Option<string> _model = new("--model")
    {
        Description = $"Name of a model that the cluster has: {string.Join(", ", TrainingNames.Models)}, or one of your own.",
        HelpName = "NAME",
        DefaultValueFactory = _ => TrainingNames.Linear,
    };

    private readonly Option<float?> _startWeight = ValueOptions.OptionalReal(
        "--start-weight", "What each weight starts from, any finite number. Default: -1, with --data 0.", isPositive: false);

    private readonly Option<float?> _startBias = ValueOptions.OptionalReal(
        "--start-bias", "What the bias starts from, any finite number. Default: -2, with --data 0.", isPositive: false);

    public void AddTo(Command command)
    {
        if (model is null) command.Options.Add(_model);
        command.Options.Add(_startWeight);
        command.Options.Add(_startBias);
    }

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec) => spec with
    {
        Model = model ?? parsed.GetRequiredValue(_model),
        StartWeight = parsed.GetValue(_startWeight),
        StartBias = parsed.GetValue(_startBias),
    };
}
