using System.Diagnostics.CodeAnalysis;

namespace Cluster.Contracts.Jobs;

/// <summary>Training specs as protobuf messages and back. Absent data and label are empty texts on the wire.</summary>
public static class TrainingSpecMapping
{
    public static V1.TrainingSpec ToProto(this TrainingSpec spec)
    {
        var message = new V1.TrainingSpec
        {
            Model = spec.Model,
            Data = spec.Data ?? "",
            Label = spec.Label ?? "",
            Mode = spec.Mode,
            Lanes = spec.Lanes,
            Batch = spec.Batch,
            Epochs = spec.Epochs,
            Optimizer = spec.Optimizer,
            LearningRate = spec.LearningRate,
            InitialAccumulator = spec.InitialAccumulator,
            Seed = spec.Seed,
            ParameterStores = spec.ParameterStores,
            LogDevicePlacement = spec.LogDevicePlacement,
            Steps = spec.Steps,
            MaxSeconds = spec.MaxSeconds,
            EvaluateSteps = spec.EvaluateSteps,
            EvaluateEpochs = spec.EvaluateEpochs,
            Monitor = spec.Monitor == TrainingNames.Loss ? "" : spec.Monitor,
            Patience = spec.Patience,
            MinDelta = spec.MinDelta,
            TestFraction = spec.TestFraction,
            Standardise = spec.Standardise,
            CheckpointEverySteps = spec.CheckpointEverySteps,
            CheckpointEveryEpochs = spec.CheckpointEveryEpochs,
            From = spec.From ?? "",
            WeightsOnly = spec.WeightsOnly,
            Staleness = spec.Staleness,
            LocalSteps = spec.LocalSteps,
            Device = spec.Device ?? "",
            SoftPlacement = spec.SoftPlacement,
        };
        if (spec.Target is { } target)
            message.Target = target;
        if (spec.KeepCheckpoints != TrainingSpec.DefaultCheckpoints)
            message.KeepCheckpoints = spec.KeepCheckpoints;
        if (spec.StartWeight is { } weight)
            message.StartWeight = weight;
        if (spec.StartBias is { } bias)
            message.StartBias = bias;
        OptimizerSpecMapping.Write(spec, message);
        message.Layers = spec.Layers ?? "";
        message.Activation = spec.Activation ?? "";
        message.Initialiser = spec.Initialiser ?? "";
        message.Classes = spec.Classes ?? 0;
        message.Regression = spec.Regression;
        return message;
    }

    /// <summary>Reads and validates a message; where it is wrong, <paramref name="violations"/> lists everything that is.</summary>
    public static bool TryToSpec(this V1.TrainingSpec message, [NotNullWhen(true)] out TrainingSpec? spec, out IReadOnlyList<SpecViolation> violations)
    {
        var read = new TrainingSpec
        {
            Model = message.Model,
            Data = NullIfEmpty(message.Data),
            Label = NullIfEmpty(message.Label),
            Mode = message.Mode,
            Lanes = message.Lanes,
            Batch = message.Batch,
            Epochs = message.Epochs,
            Optimizer = message.Optimizer,
            LearningRate = message.LearningRate,
            InitialAccumulator = message.InitialAccumulator,
            StartWeight = message.HasStartWeight ? message.StartWeight : null,
            StartBias = message.HasStartBias ? message.StartBias : null,
            Layers = NullIfEmpty(message.Layers),
            Activation = NullIfEmpty(message.Activation),
            Initialiser = NullIfEmpty(message.Initialiser),
            Classes = message.Classes == 0 ? null : message.Classes,
            Regression = message.Regression,
            Seed = message.Seed,
            ParameterStores = message.ParameterStores,
            LogDevicePlacement = message.LogDevicePlacement,
            Steps = message.Steps,
            MaxSeconds = message.MaxSeconds,
            EvaluateSteps = message.EvaluateSteps,
            EvaluateEpochs = message.EvaluateEpochs,
            Monitor = message.Monitor.Length == 0 ? TrainingNames.Loss : message.Monitor,
            Patience = message.Patience,
            MinDelta = message.MinDelta,
            Target = message.HasTarget ? message.Target : null,
            TestFraction = message.TestFraction,
            Standardise = message.Standardise,
            CheckpointEverySteps = message.CheckpointEverySteps,
            CheckpointEveryEpochs = message.CheckpointEveryEpochs,
            KeepCheckpoints = message.HasKeepCheckpoints ? message.KeepCheckpoints : TrainingSpec.DefaultCheckpoints,
            From = NullIfEmpty(message.From),
            WeightsOnly = message.WeightsOnly,
            Staleness = message.Staleness,
            LocalSteps = message.LocalSteps == 0 ? 1 : message.LocalSteps,
            Device = NullIfEmpty(message.Device),
            SoftPlacement = message.SoftPlacement,
        };
        read = OptimizerSpecMapping.Read(message, read);
        violations = read.Validate();
        spec = violations.Count == 0 ? read : null;
        return spec is not null;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
