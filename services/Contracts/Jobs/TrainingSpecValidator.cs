namespace Cluster.Contracts.Jobs;

internal sealed class TrainingSpecValidator : SpecValidator<TrainingSpec>
{
    public static readonly TrainingSpecValidator Instance = new();

    private TrainingSpecValidator()
    {
        Satisfies("model", s => s.Model, IsName, $"must be 1 to {TrainingSpec.MaxNameLength} lower-case letters, digits or '-'");
        When(s => s.Data is not null, () =>
        {
            Satisfies("data", s => s.Data!, IsName, $"must be 1 to {TrainingSpec.MaxNameLength} lower-case letters, digits or '-'");
            Satisfies("label", s => s.Label ?? "y", l => l.Length is > 0 and <= TrainingSpec.MaxLabelLength,
                $"must have 1 to {TrainingSpec.MaxLabelLength} characters");
        }).Otherwise(() => Satisfies("label", s => s.Label ?? "", l => l.Length == 0, "must be empty where no data is given"));
        Inside("testFraction", s => s.TestFraction, new NumberRange(0, TrainingSpec.MaxTestFraction));
        OneOf("mode", s => s.Mode, TrainingNames.Modes);
        Within("lanes", s => s.Lanes, 1, TrainingSpec.MaxLanes);
        Within("batch", s => s.Batch, 1, TrainingSpec.MaxBatch);
        Within("epochs", s => s.Epochs, 1, TrainingSpec.MaxEpochs);
        OneOf("optimizer", s => s.Optimizer, TrainingNames.Optimizers);
        Number("learningRate", s => s.LearningRate, v => v > 0, "must be finite and above 0");
        Number("initialAccumulator", s => s.InitialAccumulator, v => v > 0, "must be finite and above 0");
        OneOf("parameterPlacement", s => s.ParameterPlacement ?? TrainingNames.Ranges, TrainingNames.Placements);
        All(OptimizerValidator.Violations);
        All(ModelSpecValidator.Violations);
        Number("startWeight", s => s.StartWeight ?? 0, _ => true, "must be finite");
        Number("startBias", s => s.StartBias ?? 0, _ => true, "must be finite");
        Within("parameterStores", s => s.ParameterStores, 0, TrainingSpec.MaxParameterStores);
        IsDevice("device", s => s.Device);
        SupervisionRules();
        CheckpointRules();
        CheckMode();
    }

    private void SupervisionRules()
    {
        Within("steps", s => s.Steps, 0, TrainingSpec.MaxSteps);
        Within("maxSeconds", s => s.MaxSeconds, 0, TrainingSpec.MaxSecondsLimit);
        Within("evaluateSteps", s => s.EvaluateSteps, 0, TrainingSpec.MaxSteps);
        Within("evaluateEpochs", s => s.EvaluateEpochs, 0, TrainingSpec.MaxEpochs);
        When(s => s.EvaluateSteps > 0, () => Is("evaluateEpochs", s => s.EvaluateEpochs, 0, "must be 0 where evaluateSteps is given"));
        Satisfies("monitor", s => s.Monitor, IsName, $"must be 1 to {TrainingSpec.MaxNameLength} lower-case letters, digits or '-'");
        Within("patience", s => s.Patience, 0, TrainingSpec.MaxPatience);
        Inside("minDelta", s => s.MinDelta, new NumberRange(0, 1e300));
        Inside("target", s => s.Target ?? 0, new NumberRange(-1e300, 1e300));
        When(s => s is { EvaluateSteps: 0, EvaluateEpochs: 0 }, () =>
        {
            Is("patience", s => s.Patience, 0, "must be 0 where the job is not evaluated on the way (evaluateSteps, evaluateEpochs)");
            Satisfies("target", s => s.Target.HasValue ? $"{s.Target}" : "", t => t.Length == 0,
                "must be absent where the job is not evaluated on the way (evaluateSteps, evaluateEpochs)");
        });
    }

    private void CheckpointRules()
    {
        Within("checkpointEverySteps", s => s.CheckpointEverySteps, 0, long.MaxValue);
        Within("checkpointEveryEpochs", s => s.CheckpointEveryEpochs, 0, TrainingSpec.MaxEpochs);
        When(s => s.CheckpointEverySteps > 0, () =>
            Is("checkpointEveryEpochs", s => s.CheckpointEveryEpochs, 0, "cannot be given with checkpointEverySteps"));
        Within("keepCheckpoints", s => s.KeepCheckpoints, 0, TrainingSpec.MaxCheckpoints);
        When(s => s.From is not null, () => Satisfies("from", s => s.From!, CheckpointId.IsWellFormed, CheckpointId.Form))
            .Otherwise(() => Satisfies("weightsOnly", s => s.WeightsOnly ? "true" : "", w => w.Length == 0, "must be given with a checkpoint to start from"));
    }

    private void CheckMode()
    {
        When(s => s.Mode == TrainingNames.Ssp, () => Within("staleness", s => s.Staleness, 0, TrainingSpec.MaxStaleness))
            .Otherwise(() => Is("staleness", s => s.Staleness, 0, $"must be 0 where the mode is not {TrainingNames.Ssp}"));
        When(s => s.Mode == TrainingNames.Sync, () => Within("localSteps", s => s.LocalSteps, 1, TrainingSpec.MaxLocalSteps))
            .Otherwise(() => Is("localSteps", s => s.LocalSteps, 1, $"must be 1 where the mode is not {TrainingNames.Sync}"));
        When(s => s.LocalSteps > 1, () => Satisfies("optimizer", s => s.Optimizer, o => o == TrainingNames.Sgd,
            $"must be {TrainingNames.Sgd} where localSteps is above 1: a lane makes plain steps and keeps nothing between rounds"));
    }

    private static bool IsName(string name)
        => name.Length is > 0 and <= TrainingSpec.MaxNameLength && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
