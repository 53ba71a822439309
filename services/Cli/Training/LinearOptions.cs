using System.CommandLine;
using System.CommandLine.Parsing;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;
using static System.FormattableString;

namespace Cluster.Cli.Training;

/// <summary>The options of <c>train linear</c>; what each does without --data and with it is in its help.</summary>
internal sealed class LinearOptions
{
    private static readonly LinearDefaults Example = LinearDefaults.Example;
    private static readonly LinearDefaults OwnData = LinearDefaults.OwnData;

    private readonly Option<string?> _mode = ValueOptions.OptionalName(
        "--mode",
        $"async: a lane's gradient is applied when it arrives. sync: a step waits for all lanes, and gives the same bits anywhere. {Default(d => d.Mode)}",
        TrainingNames.Modes);

    private readonly Option<int?> _lanes = ValueOptions.OptionalNumber(
        "--lanes", $"Logical workers that share the examples, 1 to {TrainingSpec.MaxLanes}, whatever workers there are. {Default(d => d.Lanes)}", 1, TrainingSpec.MaxLanes);

    private readonly Option<int?> _batch = ValueOptions.OptionalNumber(
        "--batch", $"Examples a lane takes at each step, 1 to {TrainingSpec.MaxBatch}. {Default(d => d.Batch)}", 1, TrainingSpec.MaxBatch);

    private readonly Option<int?> _epochs = ValueOptions.OptionalNumber(
        "--epochs", $"Passes of all lanes together over the data, 1 to {TrainingSpec.MaxEpochs}. {Default(d => d.Epochs)}", 1, TrainingSpec.MaxEpochs);

    private readonly Option<string?> _optimizer = ValueOptions.OptionalName(
        "--optimizer", $"The update rule. Default: {LinearDefaults.Optimizer}.", TrainingNames.Optimizers);

    private readonly Option<float?> _learningRate = ValueOptions.OptionalReal(
        "--learning-rate",
        Invariant($"Size of an update, above 0. Default: {Example.AdagradRate}, with --data {OwnData.AdagradRate}; with --optimizer sgd {LinearDefaults.SgdRate}."),
        isPositive: true);

    private readonly Option<float?> _initialAccumulator = ValueOptions.OptionalReal(
        "--initial-accumulator", Invariant($"Adagrad's sum of squares before the first step, above 0. Default: {LinearDefaults.InitialAccumulator}."), isPositive: true);

    private readonly Option<float?> _startWeight = ValueOptions.OptionalReal(
        "--start-weight", "What each weight starts from, any finite number. Default: -1, with --data 0.", isPositive: false);

    private readonly Option<float?> _startBias = ValueOptions.OptionalReal(
        "--start-bias", "What the bias starts from, any finite number. Default: -2, with --data 0.", isPositive: false);

    private readonly Option<ulong> _seed = ValueOptions.Number<ulong>(
        "--seed", $"Key of the order of examples and of the example's noise, 0 to {ulong.MaxValue}.", 0, 0, ulong.MaxValue);

    private readonly Option<int> _parameterStores = ValueOptions.Number(
        "--parameter-stores", $"Ps tasks that hold the parameters, 1 to {TrainingSpec.MaxParameterStores}; 0 for all there are.", 0, 0, TrainingSpec.MaxParameterStores);

    private readonly Option<bool> _logPlacement = new("--log-device-placement") { Description = "Say on standard error which ps task holds each variable." };

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
        _initialAccumulator.Validators.Add(RequireAdagrad);
        foreach (Option option in (Option[])
            [Data, Label, _mode, _lanes, _batch, _epochs, _optimizer, _learningRate, _initialAccumulator, _startWeight, _startBias, _seed, _parameterStores, _logPlacement])
            command.Options.Add(option);
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="data">Id of the data set that was sent, or null for the example.</param>
    public TrainingSpec ReadSpec(ParseResult parsed, string? data)
    {
        var defaults = data is null ? Example : OwnData;
        var optimizer = parsed.GetValue(_optimizer) ?? LinearDefaults.Optimizer;
        return new TrainingSpec
        {
            Model = TrainingNames.Linear,
            Data = data,
            Label = parsed.GetValue(Label),
            Mode = parsed.GetValue(_mode) ?? defaults.Mode,
            Lanes = parsed.GetValue(_lanes) ?? defaults.Lanes,
            Batch = parsed.GetValue(_batch) ?? defaults.Batch,
            Epochs = parsed.GetValue(_epochs) ?? defaults.Epochs,
            Optimizer = optimizer,
            LearningRate = parsed.GetValue(_learningRate) ?? defaults.LearningRate(optimizer),
            InitialAccumulator = parsed.GetValue(_initialAccumulator) ?? LinearDefaults.InitialAccumulator,
            StartWeight = parsed.GetValue(_startWeight),
            StartBias = parsed.GetValue(_startBias),
            Seed = parsed.GetValue(_seed),
            ParameterStores = parsed.GetValue(_parameterStores),
            LogDevicePlacement = parsed.GetValue(_logPlacement),
        };
    }

    private static string Default<T>(Func<LinearDefaults, T> value) => Invariant($"Default: {value(Example)}, with --data {value(OwnData)}.");

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

    private void RequireAdagrad(OptionResult accumulator)
    {
        if (accumulator.Tokens is [{ Value: var text }] && accumulator.GetResult(_optimizer)?.Tokens is [{ Value: TrainingNames.Sgd }])
            accumulator.AddError($"--initial-accumulator: {text}: cannot be given with --optimizer {TrainingNames.Sgd}, which has none");
    }
}
