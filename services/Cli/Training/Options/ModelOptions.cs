using System.CommandLine;
using System.CommandLine.Parsing;
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

    private readonly Option<string?> _layers = new("--layers")
    {
        Description = $"Units of the hidden layers, such as 128,64: 1 to {LayerSizes.MaxLayers} numbers from 1 to {LayerSizes.MaxUnits}. Of mlp.",
        HelpName = "SIZES",
    };

    private readonly Option<string?> _activation = ValueOptions.OptionalName(
        "--activation", $"What follows each hidden layer. Of mlp. Default: {TrainingNames.Relu}.", TrainingNames.Activations);

    private readonly Option<string?> _initialiser = ValueOptions.OptionalName(
        "--initialiser", $"What weights start from. Of mlp. Default: {TrainingNames.He} before {TrainingNames.Relu}, else {TrainingNames.Glorot}.",
        TrainingNames.Initialisers);

    private readonly Option<int?> _classes = ValueOptions.OptionalNumber(
        "--classes", $"Classes of the label, numbered from 0, 2 to {TrainingSpec.MaxClasses}. Of softmax, which counts them in the data without, and mlp, "
        + "which predicts a number without.", 2, TrainingSpec.MaxClasses);

    private readonly Option<bool> _regression = new("--regression")
    {
        Description = $"Predict the label as a number, though all labels are whole numbers from 0 to {TrainingSpec.MaxSmallLabel}, which can be classes. "
        + "Of mlp.",
    };

    private readonly Option<float?> _startWeight = ValueOptions.OptionalReal(
        "--start-weight", "What each weight starts from, any finite number. Default: -1, with --data 0.", isPositive: false);

    private readonly Option<float?> _startBias = ValueOptions.OptionalReal(
        "--start-bias", "What the bias starts from, any finite number. Default: -2, with --data 0.", isPositive: false);

    public void AddTo(Command command)
    {
        _layers.Validators.Add(CheckLayers);
        Option[] options = model is null ? [_model, _layers, _activation, _initialiser, _classes, _regression, _startWeight,
            _startBias] : [_startWeight, _startBias];
        foreach (var option in options) command.Options.Add(option);
    }

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec)
    {
        var read = spec with
        {
            Model = model ?? parsed.GetRequiredValue(_model),
            StartWeight = parsed.GetValue(_startWeight),
            StartBias = parsed.GetValue(_startBias),
        };
        return model is not null ? read : read with
        {
            Layers = parsed.GetValue(_layers),
            Activation = parsed.GetValue(_activation),
            Initialiser = parsed.GetValue(_initialiser),
            Classes = parsed.GetValue(_classes),
            Regression = parsed.GetValue(_regression),
        };
    }

    private static void CheckLayers(OptionResult layers)
    {
        if (layers.Tokens is [{ Value: var text }] && !LayerSizes.TryParse(text, out _)) layers.AddError($"--layers: {text}: {LayerSizes.Limit}");
    }
}
