using System.Globalization;
using Cluster.Contracts.Jobs;
using Cluster.DataPlane.Frames;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Optimizers;
using Cluster.Protocol.Parameters;
using V1 = Cluster.Contracts.Parameters.V1;

namespace Cluster.ParameterStore.Models;

/// <summary>What an Open says of a model, checked whole.</summary>
internal static class ModelSettings
{
    public const int MaxStreams = 1024;

    /// <summary>Everything that is wrong with a model, field by field.</summary>
    public static IReadOnlyList<SpecViolation> Check(V1.Model? model)
    {
        var wrong = new List<SpecViolation>();
        if (model is null)
            return [new SpecViolation("model", "", "must be set")];
        CheckRange(wrong, "model.lanes", model.Lanes, 1, BlockTree.MaxLanes);
        CheckRange(wrong, "model.offset", model.Offset, 0, long.MaxValue - FrameLimits.MaxLength);
        CheckRange(wrong, "model.length", model.Length, 1, FrameLimits.MaxLength);
        CheckRange(wrong, "model.streams", model.Streams, 1, MaxStreams);
        CheckRange(wrong, "model.mode", (long)model.Mode, (long)V1.Mode.Synchronous, (long)V1.Mode.Bounded);
        CheckRange(wrong, "model.staleness", model.Staleness, 0, model.Mode == V1.Mode.Bounded ? StalenessHistogram.MaxExact : 0);
        CheckOptimizer(wrong, model.Optimizer);
        InitialParameters.Check(wrong, model.Initial, model.Length);
        return wrong;
    }

    /// <summary>Only of a model that was found right.</summary>
    public static TaskOptions ToOptions(V1.Model model) => new()
    {
        Lanes = model.Lanes,
        Length = model.Length,
        Streams = model.Streams,
        Staleness = model.Mode == V1.Mode.Bounded ? model.Staleness : null,
        Optimizer = model.Optimizer.RuleCase == V1.Optimizer.RuleOneofCase.Adagrad
            ? new Adagrad(model.Optimizer.LearningRate, model.Optimizer.Adagrad.InitialAccumulator, Scale(model.Optimizer))
            : new Sgd(model.Optimizer.LearningRate, Scale(model.Optimizer)),
    };

    internal static void CheckRange(List<SpecViolation> wrong, string field, long value, long least, long most)
    {
        if (value < least || value > most)
            wrong.Add(new SpecViolation(field, value.ToString(CultureInfo.InvariantCulture), FormattableString.Invariant($"must be from {least} to {most}")));
    }

    internal static void CheckPositive(List<SpecViolation> wrong, string field, float value)
    {
        if (!float.IsFinite(value) || value <= 0)
            wrong.Add(new SpecViolation(field, value.ToString(CultureInfo.InvariantCulture), "must be finite and above 0"));
    }

    private static void CheckOptimizer(List<SpecViolation> wrong, V1.Optimizer? optimizer)
    {
        if (optimizer is null)
        {
            wrong.Add(new SpecViolation("model.optimizer", "", "must be set"));
            return;
        }

        CheckPositive(wrong, "model.optimizer.learning_rate", optimizer.LearningRate);
        CheckRange(wrong, "model.optimizer.scale", (long)optimizer.Scale, (long)V1.GradientScale.Mean, (long)V1.GradientScale.Sum);
        if (optimizer.RuleCase == V1.Optimizer.RuleOneofCase.None)
            wrong.Add(new SpecViolation("model.optimizer.rule", "", "must be sgd or adagrad"));
        if (optimizer.RuleCase == V1.Optimizer.RuleOneofCase.Adagrad)
            CheckPositive(wrong, "model.optimizer.adagrad.initial_accumulator", optimizer.Adagrad.InitialAccumulator);
    }

    private static GradientScale Scale(V1.Optimizer optimizer) =>
        optimizer.Scale == V1.GradientScale.Sum ? GradientScale.Sum : GradientScale.Mean;
}
