using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cluster.Contracts.Jobs;

namespace Cluster.Protocol.Plans;

/// <summary>What a job may begin with: whether a checkpoint of one plan can be gone on with by another.</summary>
public static class Continuation
{
    /// <summary>What a job that goes on with a checkpoint may do otherwise than the one that wrote it; all else is the checkpoint's.</summary>
    /// <remarks>None of these changes which examples lane and clock take, or what the state means.</remarks>
    public static IReadOnlySet<string> MayDiffer { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        nameof(TrainingSpec.Data),
        nameof(TrainingSpec.Epochs),
        nameof(TrainingSpec.LearningRate),
        nameof(TrainingSpec.ParameterStores),
        nameof(TrainingSpec.ParameterPlacement),
        nameof(TrainingSpec.LogDevicePlacement),
        nameof(TrainingSpec.Device),
        nameof(TrainingSpec.SoftPlacement),
        nameof(TrainingSpec.CheckpointEverySteps),
        nameof(TrainingSpec.CheckpointEveryEpochs),
        nameof(TrainingSpec.KeepCheckpoints),
        nameof(TrainingSpec.Steps),
        nameof(TrainingSpec.MaxSeconds),
        nameof(TrainingSpec.EvaluateSteps),
        nameof(TrainingSpec.EvaluateEpochs),
        nameof(TrainingSpec.Monitor),
        nameof(TrainingSpec.Patience),
        nameof(TrainingSpec.MinDelta),
        nameof(TrainingSpec.Target),
        nameof(TrainingSpec.From),
        nameof(TrainingSpec.WeightsOnly),
        // Compared by what it comes to: see CheckDecay.
        nameof(TrainingSpec.DecaySteps),
    };

    /// <summary>Everything that keeps a job from beginning with a checkpoint.</summary>
    /// <param name="checkpoint">How people call the checkpoint.</param>
    /// <param name="written">The plan that it was written by.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="plan">The job's plan.</param>
    public static IReadOnlyList<SpecViolation> Check(string checkpoint, TrainingPlan written, long clock, TrainingPlan plan)
    {
        List<SpecViolation> wrong = [.. CheckTensors(checkpoint, written, plan)];
        if (plan.Spec.WeightsOnly) return wrong;
        wrong.AddRange(CheckSpec(checkpoint, written.Spec, plan.Spec));
        wrong.AddRange(CheckDecay(checkpoint, written, plan));
        if (plan.DataFingerprint != written.DataFingerprint || plan.Rows != written.Rows)
        {
            wrong.Add(new SpecViolation("data", plan.Spec.Data ?? "", string.Create(CultureInfo.InvariantCulture,
                $"has {plan.Rows} rows and fingerprint {Shown(plan.DataFingerprint)}; {checkpoint} was trained on {written.Rows} rows with fingerprint "
                + $"{Shown(written.DataFingerprint)} (--weights-only takes the parameters alone)")));
        }

        if (wrong.Count == 0 && plan.Slots != written.Slots)
            wrong.Add(new SpecViolation("from", checkpoint,
                $"has {written.Slots} optimizer slots, {plan.Spec.Optimizer} needs {plan.Slots} (--weights-only takes the parameters alone)"));
        if (wrong.Count == 0 && plan.Schedule().TotalClocks is var total && clock >= total)
            wrong.Add(new SpecViolation("epochs", $"{plan.Spec.Epochs}", $"end at step {total}; {checkpoint} is at step {clock}"));
        return wrong;
    }

    private static IEnumerable<SpecViolation> CheckTensors(string checkpoint, TrainingPlan written, TrainingPlan plan)
    {
        if (plan.Spec.Model != written.Spec.Model)
        {
            yield return new SpecViolation("model", plan.Spec.Model, $"is {written.Spec.Model} in {checkpoint}");
            yield break;
        }

        foreach (var tensor in plan.Tensors)
        {
            if (written.Tensors.FirstOrDefault(other => other.Name == tensor.Name) is not { } other)
                yield return new SpecViolation("from", checkpoint, $"has no tensor {tensor.Name}");
            else if (!other.Shape.SequenceEqual(tensor.Shape) || other.First != tensor.First)
                yield return new SpecViolation("from", checkpoint,
                    $"has tensor {tensor.Name} with shape {Shown(other.Shape)}, the model with shape {Shown(tensor.Shape)}");
        }

        foreach (var tensor in written.Tensors.Where(tensor => plan.Tensors.All(other => other.Name != tensor.Name)))
            yield return new SpecViolation("from", checkpoint, $"has a tensor {tensor.Name}, the model has none");
    }

    private static IEnumerable<SpecViolation> CheckSpec(string checkpoint, TrainingSpec written, TrainingSpec spec)
    {
        var before = JsonSerializer.SerializeToNode(written, SpecJson.Options)!.AsObject();
        var now = JsonSerializer.SerializeToNode(spec, SpecJson.Options)!.AsObject();
        HashSet<string> free = [.. MayDiffer.Select(JsonNamingPolicy.CamelCase.ConvertName)];
        foreach (var (field, value) in now)
        {
            if (free.Contains(field) || JsonNode.DeepEquals(value, before[field])) continue;
            var text = value?.ToString() ?? "";
            yield return new SpecViolation(field, text, $"is {before[field]?.ToString() ?? "not set"} in {checkpoint}, and cannot change "
                + "(--weights-only takes the parameters alone)");
        }
    }

    // A cosine without decay steps of its own ends where the job does: with more steps all rates would be others, those behind the checkpoint too.
    private static IEnumerable<SpecViolation> CheckDecay(string checkpoint, TrainingPlan written, TrainingPlan plan)
    {
        if (plan.Spec.Schedule != written.Spec.Schedule || DecayOf(plan) is var now && DecayOf(written) is var before && now == before) yield break;
        yield return new SpecViolation("decaySteps", Text(plan.Spec.DecaySteps), string.Create(CultureInfo.InvariantCulture,
            $"comes to {Text(now)} steps over {plan.Schedule().TotalClocks}, in {checkpoint} to {Text(before)} over {written.Schedule().TotalClocks}, and "
            + $"cannot change; give {Text(before)} to go on with the rates as they were (--weights-only takes the parameters alone)"));
    }

    private static long? DecayOf(TrainingPlan plan) => plan.Spec is { Schedule: TrainingNames.Cosine, DecaySteps: null }
        ? Math.Max(1, plan.Schedule().TotalClocks - (plan.Spec.WarmupSteps ?? 0))
        : plan.Spec.DecaySteps;

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Shown(string fingerprint) => fingerprint.Length == 0 ? "none" : fingerprint[..Math.Min(12, fingerprint.Length)];

    /// <summary>A shape as people write it.</summary>
    public static string Shown(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";
}
