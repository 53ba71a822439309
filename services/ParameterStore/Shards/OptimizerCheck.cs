using System.Globalization;
using Cluster.Contracts.Jobs;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Shards;

/// <summary>What is wrong with an update rule, field by field.</summary>
internal static class OptimizerCheck
{
    private const string NotNegative = "must be finite and at least 0";
    private const string BelowOne = "must be at least 0 and below 1";

    public static void Check(List<SpecViolation> wrong, V1.Optimizer optimizer)
    {
        ShardSettings.CheckPositive(wrong, "shard.optimizer.learning_rate", optimizer.LearningRate);
        ShardSettings.CheckRange(wrong, "shard.optimizer.scale", (long)optimizer.Scale, (long)V1.GradientScale.Mean, (long)V1.GradientScale.Sum);
        Require(wrong, "l2", optimizer.L2, optimizer.L2 >= 0 && (optimizer.L2 == 0 || optimizer.RuleCase != V1.Optimizer.RuleOneofCase.Ftrl), NotNegative);
        CheckRule(wrong, optimizer);
        if (optimizer.Schedule is { } schedule) CheckSchedule(wrong, optimizer, schedule);
    }

    private static void CheckRule(List<SpecViolation> wrong, V1.Optimizer optimizer)
    {
        switch (optimizer.RuleCase)
        {
            case V1.Optimizer.RuleOneofCase.None:
                wrong.Add(new SpecViolation("shard.optimizer.rule", "", "must be sgd, momentum, adagrad, adam or ftrl"));
                break;
            case V1.Optimizer.RuleOneofCase.Momentum:
                Require(wrong, "momentum.coefficient", optimizer.Momentum.Coefficient, optimizer.Momentum.Coefficient is >= 0 and < 1, BelowOne);
                break;
            case V1.Optimizer.RuleOneofCase.Adagrad:
                ShardSettings.CheckPositive(wrong, "shard.optimizer.adagrad.initial_accumulator", optimizer.Adagrad.InitialAccumulator);
                break;
            case V1.Optimizer.RuleOneofCase.Adam:
                Require(wrong, "adam.beta1", optimizer.Adam.Beta1, optimizer.Adam.Beta1 is >= 0 and < 1, BelowOne);
                Require(wrong, "adam.beta2", optimizer.Adam.Beta2, optimizer.Adam.Beta2 is >= 0 and < 1, BelowOne);
                ShardSettings.CheckPositive(wrong, "shard.optimizer.adam.epsilon", optimizer.Adam.Epsilon);
                Require(wrong, "adam.weight_decay", optimizer.Adam.WeightDecay, optimizer.Adam.WeightDecay >= 0, NotNegative);
                break;
            case V1.Optimizer.RuleOneofCase.Ftrl:
                ShardSettings.CheckPositive(wrong, "shard.optimizer.ftrl.beta", optimizer.Ftrl.Beta);
                Require(wrong, "ftrl.l1", optimizer.Ftrl.L1, optimizer.Ftrl.L1 >= 0, NotNegative);
                Require(wrong, "ftrl.l2", optimizer.Ftrl.L2, optimizer.Ftrl.L2 >= 0, NotNegative);
                break;
        }
    }

    private static void CheckSchedule(List<SpecViolation> wrong, V1.Optimizer optimizer, V1.Schedule schedule)
    {
        ShardSettings.CheckRange(wrong, "shard.optimizer.schedule.kind", (long)schedule.Kind, (long)V1.ScheduleKind.Constant, (long)V1.ScheduleKind.Cosine);
        ShardSettings.CheckRange(wrong, "shard.optimizer.schedule.warmup_steps", schedule.WarmupSteps, 0, long.MaxValue);
        ShardSettings.CheckRange(wrong, "shard.optimizer.schedule.decay_steps", schedule.DecaySteps, 1, long.MaxValue);
        var isFalling = schedule.Kind is V1.ScheduleKind.Step or V1.ScheduleKind.Exponential;
        Require(wrong, "schedule.decay_factor", schedule.DecayFactor, schedule.DecayFactor is >= 0 and <= 1 && !(isFalling && schedule.DecayFactor == 0),
            isFalling ? "must be above 0 and at most 1" : "must be from 0 to 1");
        if (optimizer.RuleCase == V1.Optimizer.RuleOneofCase.Ftrl)
            wrong.Add(new SpecViolation("shard.optimizer.schedule", schedule.Kind.ToString(), "must be absent with ftrl, whose rate is constant"));
    }

    private static void Require(List<SpecViolation> wrong, string field, float value, bool isRight, string limit)
    {
        if (!isRight || !float.IsFinite(value))
            wrong.Add(new SpecViolation($"shard.optimizer.{field}", value.ToString(CultureInfo.InvariantCulture), limit));
    }
}
