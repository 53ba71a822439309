using System.Globalization;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Planning;
using Cluster.Protocol.Plans;

namespace Cluster.Coordinator.Figures;

/// <summary>Notices when the loss of an asynchronous job rises in its first commits, as it does at a rate that is too large for its lanes.
/// Owned by one runner.</summary>
/// <remarks>
/// Losses of commits are put together to windows of a whole pass, or of <see cref="MaxWindow"/> examples: the mean over fewer
/// says more of these examples than of the model. They are compared with the loss at the start, where the model implies it,
/// else with the first window: two in a row must have <see cref="Rise"/> times that, so that a batch of outliers is not taken
/// for a rise, or one <see cref="Leap"/> times.
/// </remarks>
internal sealed class LossWatch(TrainingPlan plan)
{
    public const int MinWindow = 128, MaxWindow = 1024;
    public const double Rise = 3, Leap = 10;

    /// <summary>Windows that are compared.</summary>
    public const int Windows = 8;

    private readonly long _start = plan.Start?.Clock ?? 0;
    private readonly long _size = Math.Clamp(plan.TrainRows, MinWindow, MaxWindow);
    private readonly string? _advice = LaneRate.Advice(plan.Spec);
    private LossSum _window;
    private double? _first = StartOf(plan);
    private bool _hasBegun;
    private int _left = Windows;
    private int _risen;

    /// <summary>Takes note of the losses of one commit.</summary>
    /// <param name="from">Clock at which its segment began.</param>
    /// <param name="loss">What was heard of it.</param>
    /// <returns>What to tell the user, once; else null.</returns>
    public string? Note(long from, LossSum loss)
    {
        // Of a job that another coordinator began the first losses are not known.
        if (!_hasBegun && from != _start) _left = 0;
        _hasBegun = true;
        if (_advice is null || _left == 0) return null;
        _window = _window.Plus(loss);
        if (_window.Examples < _size || _window.Mean is not { } mean) return null;
        _window = default;
        var first = _first ??= mean;
        _left--;
        _risen = first > 0 && mean > Rise * first ? _risen + 1 : 0;
        if (_risen < 2 && (_risen < 1 || mean <= Leap * first)) return null;
        _left = 0;
        return string.Create(CultureInfo.InvariantCulture, $"the training loss rose from {first:G3} to {mean:G3} in the first commits: {_advice}");
    }

    // All logits are 0 at first: each class is as probable as any other.
    private static double? StartOf(TrainingPlan plan) => plan is { Start: null, Spec.Model: TrainingNames.Logistic or TrainingNames.Softmax }
        ? Math.Log(LabelPlanner.ClassesOf(plan.Spec)!.Value)
        : null;
}
