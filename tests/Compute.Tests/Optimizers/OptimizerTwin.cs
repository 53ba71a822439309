using Cluster.Compute.Optimizers;

namespace Cluster.Compute.Tests.Optimizers;

/// <summary>One parameter's update in double precision, from the papers' formulas alone.</summary>
internal sealed class OptimizerTwin
{
    private readonly Optimizer _optimizer;
    private double _a;
    private double _b;

    public OptimizerTwin(Optimizer optimizer, float start)
    {
        (_optimizer, W) = (optimizer, start);
        if (optimizer is Adagrad adagrad)
            _a = adagrad.InitialAccumulator;
        if (optimizer is Ftrl ftrl && start != 0)
            _a = (-start * ((ftrl.Settings.Beta / (double)ftrl.LearningRate.Rate) + ftrl.Settings.L2)) - (Math.Sign(start) * (double)ftrl.Settings.L1);
    }

    public double W { get; private set; }

    /// <param name="g">Scaled gradient without L2.</param>
    /// <param name="step">From 0.</param>
    public void Step(double g, int step)
    {
        var lr = Rate(_optimizer.LearningRate, step);
        g += _optimizer.L2 * W;
        switch (_optimizer)
        {
            case Momentum momentum:
                _a = (momentum.Coefficient * _a) + g;
                W -= lr * (momentum.IsNesterov ? g + (momentum.Coefficient * _a) : _a);
                break;
            case Adagrad:
                _a += g * g;
                W -= lr * g / Math.Sqrt(_a);
                break;
            case Adam adam:
                Adam(adam.Settings, lr, g, step + 1);
                break;
            case Ftrl ftrl:
                Ftrl(ftrl.Settings, lr, g);
                break;
            default:
                W -= lr * g;
                break;
        }
    }

    /// <summary>The schedule in double, by the C library's functions.</summary>
    public static double Rate(LearningRate rate, int step)
    {
        if (step < rate.WarmupSteps) return rate.Rate * (step + 1.0) / rate.WarmupSteps;
        double n = step - rate.WarmupSteps, d = rate.DecaySteps, f = rate.DecayFactor;
        return rate.Rate * rate.Kind switch
        {
            ScheduleKind.Step => Math.Pow(f, Math.Floor(n / d)),
            ScheduleKind.Exponential => Math.Pow(f, n / d),
            ScheduleKind.Cosine => f + ((1 - f) * (1 + Math.Cos(Math.PI * Math.Min(n / d, 1))) / 2),
            _ => 1,
        };
    }

    private void Adam(AdamSettings settings, double lr, double g, int t)
    {
        double beta1 = settings.Beta1, beta2 = settings.Beta2;
        _a = (beta1 * _a) + ((1 - beta1) * g);
        _b = (beta2 * _b) + ((1 - beta2) * g * g);
        var m = _a / (1 - Math.Pow(beta1, t));
        // The paper's ε̂: added to √v before the correction.
        var v = Math.Sqrt(_b) + settings.Epsilon;
        W -= (lr * m * Math.Sqrt(1 - Math.Pow(beta2, t)) / v) + (lr * settings.WeightDecay * W);
    }

    private void Ftrl(FtrlSettings settings, double alpha, double g)
    {
        var sigma = (Math.Sqrt(_b + (g * g)) - Math.Sqrt(_b)) / alpha;
        _a += g - (sigma * W);
        _b += g * g;
        W = Math.Abs(_a) <= settings.L1 ? 0 : -(_a - (Math.Sign(_a) * settings.L1)) / (((settings.Beta + Math.Sqrt(_b)) / alpha) + settings.L2);
    }
}
