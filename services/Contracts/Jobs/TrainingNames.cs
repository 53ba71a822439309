namespace Cluster.Contracts.Jobs;

/// <summary>What a training spec can name.</summary>
public static class TrainingNames
{
    public const string Linear = "linear";

    /// <summary>Binary logistic regression.</summary>
    public const string Logistic = "logistic";

    /// <summary>Multinomial logistic regression.</summary>
    public const string Softmax = "softmax";

    /// <summary>A perceptron with hidden layers.</summary>
    public const string Mlp = "mlp";

    public const string Relu = "relu";
    public const string Tanh = "tanh";
    public const string Sigmoid = "sigmoid";
    public const string Glorot = "glorot";
    public const string He = "he";

    /// <summary>A step waits for all lanes: the same bits on any number of workers.</summary>
    public const string Sync = "sync";

    /// <summary>A lane's gradient is applied when it arrives.</summary>
    public const string Async = "async";

    /// <summary>As async, but a lane waits where it would be more than a number of clocks ahead of the slowest one (stale synchronous parallel).</summary>
    public const string Ssp = "ssp";

    public const string Sgd = "sgd";
    public const string Momentum = "momentum";
    public const string Nesterov = "nesterov";
    public const string Adagrad = "adagrad";
    public const string Adam = "adam";

    /// <summary>Adam with decoupled weight decay.</summary>
    public const string AdamW = "adamw";

    /// <summary>FTRL-Proximal, which gives exact zeros.</summary>
    public const string Ftrl = "ftrl";

    public const string Constant = "constant";
    public const string Step = "step";
    public const string Exponential = "exponential";
    public const string Cosine = "cosine";

    /// <summary>Models that every cluster has; a team's own come on top.</summary>
    public static IReadOnlyList<string> Models { get; } = [Linear, Logistic, Softmax, Mlp];

    public static IReadOnlyList<string> Activations { get; } = [Relu, Tanh, Sigmoid];

    public static IReadOnlyList<string> Initialisers { get; } = [Glorot, He];

    /// <summary>The metric that every model has.</summary>
    public const string Loss = "loss";

    public static IReadOnlyList<string> Modes { get; } = [Sync, Async, Ssp];

    public static IReadOnlyList<string> Optimizers { get; } = [Sgd, Momentum, Nesterov, Adagrad, Adam, AdamW, Ftrl];

    /// <summary>Equal ranges of parameters, cut without regard to variables.</summary>
    public const string Ranges = "ranges";

    /// <summary>Whole variables in turn, as TensorFlow's replica_device_setter deals them.</summary>
    public const string Variables = "variables";

    public static IReadOnlyList<string> Placements { get; } = [Ranges, Variables];

    public static IReadOnlyList<string> Schedules { get; } = [Constant, Step, Exponential, Cosine];

    /// <summary>By what a schedule's decay multiplies the rate where the spec is silent.</summary>
    public static float DecayFactor(string schedule) => schedule == Cosine ? 0 : 0.1f;
}
