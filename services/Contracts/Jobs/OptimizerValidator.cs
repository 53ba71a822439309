using System.Globalization;

namespace Cluster.Contracts.Jobs;

/// <summary>Optimizer and schedule of a spec: ranges, and that nothing is given that they do not have.</summary>
internal static class OptimizerValidator
{
    public static IEnumerable<SpecViolation> Violations(TrainingSpec spec)
    {
        if (!TrainingNames.Optimizers.Contains(spec.Optimizer)) return [];
        var settings = OptimizerSetting.All
            .Where(setting => setting.Read(spec) is { } value && setting.Problem(spec.Optimizer, value) is not null)
            .Select(setting => new SpecViolation(setting.Name, Text(setting.Read(spec)), setting.Problem(spec.Optimizer, setting.Read(spec)!.Value)!));
        return [.. settings, .. Schedule(spec)];
    }

    private static IEnumerable<SpecViolation> Schedule(TrainingSpec spec)
    {
        var schedule = spec.Schedule ?? TrainingNames.Constant;
        if (!TrainingNames.Schedules.Contains(schedule))
        {
            yield return new SpecViolation("schedule", schedule, $"must be {string.Join(" or ", TrainingNames.Schedules)}");
            yield break;
        }

        var isFtrl = spec.Optimizer == TrainingNames.Ftrl;
        if (isFtrl && schedule != TrainingNames.Constant)
            yield return new SpecViolation("schedule", schedule, "cannot be given with optimizer ftrl, whose rate is constant");
        if (spec.WarmupSteps is { } warmup)
        {
            if (isFtrl) yield return new SpecViolation("warmupSteps", Text(warmup), "cannot be given with optimizer ftrl, whose rate is constant");
            else if (warmup is < 0 or > TrainingSpec.MaxScheduleSteps) yield return OutOfRange("warmupSteps", warmup, 0);
        }

        var isConstant = schedule == TrainingNames.Constant;
        if (spec.DecaySteps is { } steps)
        {
            if (isConstant) yield return new SpecViolation("decaySteps", Text(steps), "cannot be given with schedule constant, which has none");
            else if (steps is < 1 or > TrainingSpec.MaxScheduleSteps) yield return OutOfRange("decaySteps", steps, 1);
        }
        else if (!isConstant && schedule != TrainingNames.Cosine)
        {
            yield return new SpecViolation("decaySteps", "", $"must be given with schedule {schedule}");
        }

        if (spec.DecayFactor is { } factor)
        {
            var isCosine = schedule == TrainingNames.Cosine;
            if (isConstant) yield return new SpecViolation("decayFactor", Text(factor), "cannot be given with schedule constant, which has none");
            else if (!(factor >= 0 && factor <= 1) || (factor == 0 && !isCosine))
                yield return new SpecViolation("decayFactor", Text(factor), isCosine ? "must be from 0 to 1" : "must be above 0 and at most 1");
        }
    }

    private static SpecViolation OutOfRange(string field, long value, long from) =>
        new(field, Text(value), $"must be from {from} to {TrainingSpec.MaxScheduleSteps}");

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
