using System.CommandLine;
using System.CommandLine.Parsing;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training.Options;

/// <summary>How lanes wait for each other.</summary>
internal sealed class ModeOptions : ITrainOptionGroup
{
    /// <summary>Clocks, where mode ssp is asked for and no more is said.</summary>
    private const int DefaultStaleness = 3;

    private readonly Option<string?> _mode = ValueOptions.OptionalName(
        "--mode",
        "async: a lane's gradient is applied when it arrives. ssp: as async, but a lane waits where it would be more than --staleness clocks ahead of the "
        + "slowest. "
        + "sync: a step waits for all lanes, and gives the same bits anywhere. "
        + "async and ssp apply each lane's gradient at the full learning rate, sync the lanes' mean once: "
        + $"a rate that fits N lanes in mode sync can be N times too large for them, so try --learning-rate / --lanes. {TrainingDefaults.Text(d => d.Mode)}",
        TrainingNames.Modes);

    private readonly Option<int?> _staleness = ValueOptions.OptionalNumber(
        "--staleness", $"With --mode ssp: clocks that a lane may be ahead of the slowest, 0 to {TrainingSpec.MaxStaleness}. Default: {DefaultStaleness}.", 0,
        TrainingSpec.MaxStaleness);

    private readonly Option<int?> _localSteps = ValueOptions.OptionalNumber(
        "--local-steps",
        $"With --mode sync and --optimizer sgd: batches that a lane takes by itself in one step, 1 to {TrainingSpec.MaxLocalSteps}, "
        + "before the lanes are averaged. Default: 1.",
        1,
        TrainingSpec.MaxLocalSteps);

    public void AddTo(Command command)
    {
        _staleness.Validators.Add(staleness => RequireMode(staleness, TrainingNames.Ssp, isLoose: false));
        _localSteps.Validators.Add(steps => RequireMode(steps, TrainingNames.Sync, isLoose: true));
        command.Options.Add(_mode);
        command.Options.Add(_staleness);
        command.Options.Add(_localSteps);
    }

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec)
    {
        var mode = parsed.GetValue(_mode) ?? TrainingDefaults.For(spec).Mode;
        return spec with
        {
            Mode = mode,
            Staleness = parsed.GetValue(_staleness) ?? (mode == TrainingNames.Ssp ? DefaultStaleness : 0),
            LocalSteps = parsed.GetValue(_localSteps) ?? 1,
        };
    }

    // A mode that is not given may be the one by default: which that is depends on the data.
    private void RequireMode(OptionResult option, string mode, bool isLoose)
    {
        var given = option.GetResult(_mode)?.Tokens is [{ Value: var text }] ? text : null;
        if (option.Tokens is not [{ Value: var value }] || given == mode || (isLoose && (given is null || value == "1"))) return;
        option.AddError($"{option.Option.Name}: {value}: can be given only with --mode {mode}");
    }
}
