using Cluster.Compute.Numerics;

namespace Cluster.Compute.Optimizers;

/// <summary>A learning rate as a pure function of the step, with the same bits everywhere.</summary>
/// <remarks>
/// With W = <see cref="WarmupSteps"/>, D = <see cref="DecaySteps"/>, f = <see cref="DecayFactor"/>: step k &lt; W takes rate·(k + 1)/W; after
/// it, with n = k - W, constant takes rate; step rate·f^⌊n/D⌋; exponential rate·f^(n/D); cosine
/// rate·(f + (1 - f)·(1 + cos(π·min(n/D, 1)))/2).
/// </remarks>
public sealed record LearningRate
{
    /// <param name="rate">Finite and above 0.</param>
    public LearningRate(float rate)
    {
        if (!float.IsFinite(rate) || rate <= 0)
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "The learning rate must be finite and above 0.");
        Rate = rate;
    }

    /// <summary>The highest rate.</summary>
    public float Rate { get; }

    public ScheduleKind Kind { get; init; }

    /// <summary>Steps over which the rate rises, at least 0.</summary>
    public long WarmupSteps
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>Steps of a decay, at least 1.</summary>
    public long DecaySteps
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 1;

    /// <summary>0 to 1; of step and exponential above 0.</summary>
    public float DecayFactor
    {
        get;
        init
        {
            if (!(value is >= 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(value), value, "The factor must be from 0 to 1.");
            field = value;
        }
    } = 1;

    /// <summary>A rate that stays.</summary>
    public static implicit operator LearningRate(float rate) => FromSingle(rate);

    /// <summary>A rate that stays.</summary>
    public static LearningRate FromSingle(float rate) => new(rate);

    /// <summary>The rate of the step at this clock; in double, so that what is computed from it rounds once.</summary>
    /// <param name="clock">Steps before it, at least 0.</param>
    public double At(long clock)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clock);
        if (clock < WarmupSteps)
            return Rate * ((clock + 1.0) / WarmupSteps);
        var steps = clock - WarmupSteps;
        return Kind switch
        {
            ScheduleKind.Step => Rate * PortableMath.Power(DecayFactor, steps / DecaySteps),
            ScheduleKind.Exponential => Rate * Exponential(steps),
            ScheduleKind.Cosine => Rate * Cosine(steps),
            _ => Rate,
        };
    }

    private double Exponential(long steps)
    {
        var (whole, rest) = Math.DivRem(steps, DecaySteps);
        var part = rest == 0 ? 1 : PortableMath.ExpNegative(PortableMath.Log(DecayFactor) * ((double)rest / DecaySteps));
        return PortableMath.Power(DecayFactor, whole) * part;
    }

    private double Cosine(long steps)
    {
        var part = Math.Min(1, (double)steps / DecaySteps);
        return DecayFactor + ((1.0 - DecayFactor) * (1 + PortableMath.CosineOfHalfTurns(part)) / 2);
    }
}
