using Cluster.Compute.Optimizers;
using Cluster.Contracts.Jobs;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Protocol.Shards;

/// <summary>Update rules as messages of <c>cluster.parameters.v1</c>: from a spec, and to what a ps task applies.</summary>
public static class OptimizerMapping
{
    /// <summary>What a ps task is told, with all defaults spelled out.</summary>
    /// <param name="spec">A valid spec.</param>
    /// <param name="scale">What the model's summed gradients are divided by.</param>
    /// <param name="steps">Steps of the whole job, at least 1: the end of a cosine that has none of its own.</param>
    public static V1.Optimizer ToMessage(this TrainingSpec spec, GradientScale scale, long steps)
    {
        float Of(string setting) => OptimizerSetting.Of(spec, setting);
        var message = new V1.Optimizer
        {
            LearningRate = spec.LearningRate,
            Scale = scale == GradientScale.Sum ? V1.GradientScale.Sum : V1.GradientScale.Mean,
            Schedule = ScheduleOf(spec, steps),
        };
        switch (spec.Optimizer)
        {
            case TrainingNames.Momentum or TrainingNames.Nesterov:
                message.Momentum = new V1.Momentum { Coefficient = Of("momentum"), Nesterov = spec.Optimizer == TrainingNames.Nesterov };
                break;
            case TrainingNames.Adagrad:
                message.Adagrad = new V1.Adagrad { InitialAccumulator = spec.InitialAccumulator };
                break;
            case TrainingNames.Adam or TrainingNames.AdamW:
                var decay = spec.Optimizer == TrainingNames.AdamW ? Of("weightDecay") : 0;
                message.Adam = new V1.Adam { Beta1 = Of("beta1"), Beta2 = Of("beta2"), Epsilon = Of("epsilon"), WeightDecay = decay };
                break;
            case TrainingNames.Ftrl:
                message.Ftrl = new V1.Ftrl { Beta = Of("ftrlBeta"), L1 = Of("l1"), L2 = Of("l2") };
                return message;
            default:
                message.Sgd = new V1.Sgd();
                break;
        }

        message.L2 = Of("l2");
        return message;
    }

    /// <summary>The update rule that a message says.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static Optimizer ToOptimizer(this V1.Optimizer message)
    {
        var rate = RateOf(message);
        var scale = message.Scale == V1.GradientScale.Sum ? GradientScale.Sum : GradientScale.Mean;
        return message.RuleCase switch
        {
            V1.Optimizer.RuleOneofCase.Momentum => new Momentum(rate, message.Momentum.Coefficient, message.Momentum.Nesterov, scale) { L2 = message.L2 },
            V1.Optimizer.RuleOneofCase.Adagrad => new Adagrad(rate, message.Adagrad.InitialAccumulator, scale) { L2 = message.L2 },
            V1.Optimizer.RuleOneofCase.Adam => new Adam(rate, SettingsOf(message.Adam), scale) { L2 = message.L2 },
            V1.Optimizer.RuleOneofCase.Ftrl => new Ftrl(rate, new FtrlSettings(message.Ftrl.Beta, message.Ftrl.L1, message.Ftrl.L2), scale),
            _ => new Sgd(rate, scale) { L2 = message.L2 },
        };
    }

    private static AdamSettings SettingsOf(V1.Adam adam) => new(adam.Beta1, adam.Beta2, adam.Epsilon, adam.WeightDecay);

    private static V1.Schedule? ScheduleOf(TrainingSpec spec, long steps)
    {
        var kind = spec.Schedule switch
        {
            TrainingNames.Step => V1.ScheduleKind.Step,
            TrainingNames.Exponential => V1.ScheduleKind.Exponential,
            TrainingNames.Cosine => V1.ScheduleKind.Cosine,
            _ => V1.ScheduleKind.Constant,
        };
        var warmup = spec.WarmupSteps ?? 0;
        if (kind == V1.ScheduleKind.Constant && warmup == 0) return null;
        return new V1.Schedule
        {
            Kind = kind,
            WarmupSteps = warmup,
            DecaySteps = kind == V1.ScheduleKind.Constant ? 1 : spec.DecaySteps ?? Math.Max(1, steps - warmup),
            DecayFactor = kind == V1.ScheduleKind.Constant ? 1 : spec.DecayFactor ?? TrainingNames.DecayFactor(spec.Schedule!),
        };
    }

    private static LearningRate RateOf(V1.Optimizer message) => message.Schedule is not { } schedule
        ? new LearningRate(message.LearningRate)
        : new LearningRate(message.LearningRate)
        {
            Kind = (ScheduleKind)schedule.Kind,
            WarmupSteps = schedule.WarmupSteps,
            DecaySteps = schedule.DecaySteps,
            DecayFactor = schedule.DecayFactor,
        };
}
