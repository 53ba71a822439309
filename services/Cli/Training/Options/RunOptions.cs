using System.CommandLine;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>How much is computed, in which portions, and where the parameters are.</summary>
internal sealed class RunOptions : ITrainOptionGroup
{
    private readonly Option<int?> _lanes = ValueOptions.OptionalNumber(
        "--lanes", $"Logical workers that share the examples, 1 to {TrainingSpec.MaxLanes}, whatever workers there are. {TrainingDefaults.Text(d => d.Lanes)}",
        1, TrainingSpec.MaxLanes);

    private readonly Option<int?> _batch = ValueOptions.OptionalNumber(
        "--batch", $"Examples a lane takes at each step, 1 to {TrainingSpec.MaxBatch}. {TrainingDefaults.Text(d => d.Batch)}", 1, TrainingSpec.MaxBatch);

    private readonly Option<int?> _epochs = ValueOptions.OptionalNumber(
        "--epochs", $"Passes of all lanes together over the data, 1 to {TrainingSpec.MaxEpochs}. {TrainingDefaults.Text(d => d.Epochs)}", 1,
        TrainingSpec.MaxEpochs);

    private readonly Option<ulong> _seed = ValueOptions.Number<ulong>(
        "--seed", $"Key of the order of examples and of the example's noise, 0 to {ulong.MaxValue}.", 0, 0, ulong.MaxValue);

    private readonly Option<int> _parameterStores = ValueOptions.Number(
        "--parameter-stores", $"Ps tasks that hold the parameters, 1 to {TrainingSpec.MaxParameterStores}; 0 for all there are.", 0, 0,
        TrainingSpec.MaxParameterStores);

    private readonly Option<string?> _placement = ValueOptions.OptionalName(
        "--parameter-placement", "ranges: equal parts of all parameters on each ps task. variables: whole variables in turn. Default: ranges.",
        TrainingNames.Placements);

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_lanes, _batch, _epochs, _seed, _parameterStores, _placement]) command.Options.Add(option);
    }

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec)
    {
        var defaults = TrainingDefaults.For(spec);
        return spec with
        {
            Lanes = parsed.GetValue(_lanes) ?? defaults.Lanes,
            Batch = parsed.GetValue(_batch) ?? defaults.Batch,
            Epochs = parsed.GetValue(_epochs) ?? defaults.Epochs,
            Seed = parsed.GetValue(_seed),
            ParameterStores = parsed.GetValue(_parameterStores),
            ParameterPlacement = parsed.GetValue(_placement),
        };
    }
}
