namespace Cluster.Contracts.Jobs;

/// <summary>The part of a training spec that is about optimizer and schedule, as protobuf message and back.</summary>
internal static class OptimizerSpecMapping
{
    public static void Write(TrainingSpec spec, V1.TrainingSpec message)
    {
        if (spec.Momentum is { } momentum) message.Momentum = momentum;
        if (spec.Beta1 is { } beta1) message.Beta1 = beta1;
        if (spec.Beta2 is { } beta2) message.Beta2 = beta2;
        if (spec.Epsilon is { } epsilon) message.Epsilon = epsilon;
        if (spec.WeightDecay is { } decay) message.WeightDecay = decay;
        if (spec.FtrlBeta is { } beta) message.FtrlBeta = beta;
        if (spec.L1 is { } l1) message.L1 = l1;
        if (spec.L2 is { } l2) message.L2 = l2;
        message.Schedule = spec.Schedule ?? "";
        message.ParameterPlacement = spec.ParameterPlacement ?? "";
        if (spec.WarmupSteps is { } warmup) message.WarmupSteps = warmup;
        if (spec.DecaySteps is { } steps) message.DecaySteps = steps;
        if (spec.DecayFactor is { } factor) message.DecayFactor = factor;
    }

    public static TrainingSpec Read(V1.TrainingSpec message, TrainingSpec spec) => spec with
    {
        Momentum = message.HasMomentum ? message.Momentum : null,
        Beta1 = message.HasBeta1 ? message.Beta1 : null,
        Beta2 = message.HasBeta2 ? message.Beta2 : null,
        Epsilon = message.HasEpsilon ? message.Epsilon : null,
        WeightDecay = message.HasWeightDecay ? message.WeightDecay : null,
        FtrlBeta = message.HasFtrlBeta ? message.FtrlBeta : null,
        L1 = message.HasL1 ? message.L1 : null,
        L2 = message.HasL2 ? message.L2 : null,
        Schedule = message.Schedule.Length == 0 ? null : message.Schedule,
        ParameterPlacement = message.ParameterPlacement.Length == 0 ? null : message.ParameterPlacement,
        WarmupSteps = message.HasWarmupSteps ? message.WarmupSteps : null,
        DecaySteps = message.HasDecaySteps ? message.DecaySteps : null,
        DecayFactor = message.HasDecayFactor ? message.DecayFactor : null,
    };
}
