using System.CommandLine;
using System.CommandLine.Parsing;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;
using static System.FormattableString;

namespace Cluster.Cli.Training.Options;

/// <summary>How the learning rate changes from step to step.</summary>
internal sealed class ScheduleOptions : ITrainOptionGroup
{
    private readonly Option<string?> _schedule = ValueOptions.OptionalName(
        "--schedule",
        "How the rate falls. step: by --decay-factor, each time --decay-steps are over. exponential: as much, a little at each step. cosine: along half a "
        + "cosine, to --decay-factor of itself. Default: constant.",
        TrainingNames.Schedules);

    private readonly Option<long?> _warmup = ValueOptions.OptionalNumber<long>(
        "--warmup-steps", $"Steps over which the rate rises, 0 to {TrainingSpec.MaxScheduleSteps}. Default: 0.", 0, TrainingSpec.MaxScheduleSteps);

    private readonly Option<long?> _decaySteps = ValueOptions.OptionalNumber<long>(
        "--decay-steps", $"Steps of a decay, 1 to {TrainingSpec.MaxScheduleSteps}. Default of cosine: all after the warm-up.", 1,
        TrainingSpec.MaxScheduleSteps);

    private readonly Option<float?> _decayFactor = ValueOptions.OptionalReal(
        "--decay-factor",
        Invariant($"By what a decay multiplies the rate, above 0 to 1. Default: {TrainingNames.DecayFactor(TrainingNames.Step)}; ")
            + Invariant($"with --schedule cosine {TrainingNames.DecayFactor(TrainingNames.Cosine)}."),
        v => v is >= 0 and <= 1,
        "must be from 0 to 1");

    public void AddTo(Command command)
    {
        _warmup.Aliases.Add("--warmup");
        _schedule.Validators.Add(RequireSteps);
        _decaySteps.Validators.Add(RequireDecay);
        _decayFactor.Validators.Add(RequireDecay);
        foreach (var option in (Option[])[_schedule, _warmup, _decaySteps, _decayFactor]) command.Options.Add(option);
    }

    public TrainingSpec Read(ParseResult parsed, TrainingSpec spec) => spec with
    {
        Schedule = parsed.GetValue(_schedule),
        WarmupSteps = parsed.GetValue(_warmup),
        DecaySteps = parsed.GetValue(_decaySteps),
        DecayFactor = parsed.GetValue(_decayFactor),
    };

    private void RequireSteps(OptionResult schedule)
    {
        if (schedule.Tokens is [{ Value: TrainingNames.Step or TrainingNames.Exponential }] && schedule.GetResult(_decaySteps) is null)
            schedule.AddError($"--decay-steps: is missing: must be given with --schedule {schedule.Tokens[0].Value}");
    }

    private void RequireDecay(OptionResult option)
    {
        if (option.Tokens is not [{ Value: var text }]) return;
        if (option.GetResult(_schedule)?.Tokens is null or [] or [{ Value: TrainingNames.Constant }])
            option.AddError($"{option.Option.Name}: {text}: cannot be given without a --schedule that falls");
    }
}
