using Cluster.Protocol.Stealing;

namespace Cluster.Worker.Training;

/// <summary>What is counted of the item under way. Owned by the exchange loop; no call allocates.</summary>
internal sealed class SegmentFigures(TrainingMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan LeastSilence = TimeSpan.FromSeconds(5);
    private const int SilentSteps = 8;
    private const long None = -1;

    private readonly StepTimes _stepTimes = new();
    private long _clock;
    private long _stepped;
    private double _lossSum;
    private long _examples;
    private long _unsent;
    private long _resent;

    /// <summary>How long a ps task may say nothing before it is asked again.</summary>
    public TimeSpan Silence => _stepTimes.TryMedian(out var median) && SilentSteps * median > LeastSilence ? SilentSteps * median : LeastSilence;

    public void Begin()
    {
        (_clock, _lossSum, _examples, _unsent, _resent) = (None, 0, 0, 0, 0);
        _stepTimes.Clear();
    }

    /// <summary>The gradient of a block was computed.</summary>
    /// <param name="clock">Its clock.</param>
    /// <param name="gradient">What computed it.</param>
    /// <param name="now">When that was done, as a time stamp.</param>
    /// <returns>Whether it is the first one of its clock.</returns>
    public bool Computed(long clock, BlockGradient gradient, long now)
    {
        _lossSum += gradient.Loss;
        _examples += gradient.Examples;
        metrics.Computed(gradient.Examples);
        if (clock == _clock) return false;
        if (_clock != None)
        {
            var took = time.GetElapsedTime(_stepped, now);
            _stepTimes.Add(took);
            metrics.Stepped(took);
        }

        (_clock, _stepped) = (clock, now);
        return true;
    }

    public void NotSent()
    {
        _unsent++;
        metrics.Unsent();
    }

    public void Resent()
    {
        _resent++;
        metrics.Resent();
    }

    public SegmentOutcome Outcome(SegmentEnding ending, long end, ReadOnlyMemory<float> newest)
        => new(ending, end, _lossSum, _examples, _unsent, _resent, newest);
}
