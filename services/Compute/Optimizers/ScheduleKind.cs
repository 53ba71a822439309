namespace Cluster.Compute.Optimizers;

/// <summary>How a learning rate falls.</summary>
public enum ScheduleKind
{
    /// <summary>Not at all.</summary>
    Constant,

    /// <summary>By a factor, each time a number of steps is over.</summary>
    Step,

    /// <summary>By a factor over a number of steps, a little at each.</summary>
    Exponential,

    /// <summary>Along half a cosine, over a number of steps, to a part of itself; then it stays (Loshchilov and Hutter 2017).</summary>
    Cosine,
}
