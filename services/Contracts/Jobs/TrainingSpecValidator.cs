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
            Satisfies("label", s => s.Label ?? "", l => l.Length is > 0 and <= TrainingSpec.MaxLabelLength, $"must have 1 to {TrainingSpec.MaxLabelLength} characters where data is given");
        }).Otherwise(() => Satisfies("label", s => s.Label ?? "", l => l.Length == 0, "must be empty where no data is given"));
        OneOf("mode", s => s.Mode, TrainingNames.Modes);
        Within("lanes", s => s.Lanes, 1, TrainingSpec.MaxLanes);
        Within("batch", s => s.Batch, 1, TrainingSpec.MaxBatch);
        Within("epochs", s => s.Epochs, 1, TrainingSpec.MaxEpochs);
        OneOf("optimizer", s => s.Optimizer, TrainingNames.Optimizers);
        Number("learningRate", s => s.LearningRate, v => v > 0, "must be finite and above 0");
        Number("initialAccumulator", s => s.InitialAccumulator, v => v > 0, "must be finite and above 0");
        Number("startWeight", s => s.StartWeight ?? 0, _ => true, "must be finite");
        Number("startBias", s => s.StartBias ?? 0, _ => true, "must be finite");
        Within("parameterStores", s => s.ParameterStores, 0, TrainingSpec.MaxParameterStores);
        SupervisionRules();
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
            Satisfies("target", s => s.Target.HasValue ? $"{s.Target}" : "", t => t.Length == 0, "must be absent where the job is not evaluated on the way (evaluateSteps, evaluateEpochs)");
        });
    }

    private static bool IsName(string name)
        => name.Length is > 0 and <= TrainingSpec.MaxNameLength && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
