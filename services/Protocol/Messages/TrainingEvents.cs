using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Messages;

/// <summary>A worker's lanes are at the end of a segment. A hint: the ps tasks' clocks are what counts.</summary>
public sealed record SegmentReached
{
    public required string JobId { get; init; }

    public required Generation Generation { get; init; }

    public required long From { get; init; }

    public required long To { get; init; }

    /// <summary>Full name of the worker's device.</summary>
    public required string Device { get; init; }

    /// <summary>The item's lanes: <c>lanes 0-3</c>.</summary>
    public string Lanes { get; init; } = "";

    /// <summary>Sum of the losses of the batches it computed, each at the parameters of its clock.</summary>
    public required double LossSum { get; init; }

    /// <summary>Examples of the batches it computed, stolen ones and those that came too late included.</summary>
    public required long Examples { get; init; }

    /// <summary>Gradients that it could not hand to a ps task, as the stream was broken: they were computed or sent again.</summary>
    public long Unsent { get; init; }

    /// <summary>Times that it asked a ps task again for what it had not answered.</summary>
    public long Resent { get; init; }

    /// <summary>The parameters it saw last, by tensor; none for models of more than <see cref="PartialTensor.MaxParameters"/>.</summary>
    public required IReadOnlyList<PartialTensor> Parameters { get; init; }
}

/// <summary>Values of a tensor in a partial result.</summary>
public sealed record PartialTensor(string Name, IReadOnlyList<float> Values)
{
    /// <summary>Most parameters of a model that partial results spell out.</summary>
    public const int MaxParameters = 16;
}

/// <summary>The gradient of a batch threw on a worker.</summary>
public sealed record SegmentFailed
{
    public required string JobId { get; init; }

    public required Generation Generation { get; init; }

    public required int Lane { get; init; }

    public required long Clock { get; init; }

    public required string Device { get; init; }

    /// <summary>What was said, one line.</summary>
    public required string Error { get; init; }

    /// <summary>Times that this batch has failed, on any worker.</summary>
    public required long Attempts { get; init; }

    /// <summary>Another try gives the same: the model or the data is not what the job's plan says.</summary>
    public required bool Permanent { get; init; }
}

/// <summary>A worker recorded its share of an evaluation.</summary>
public sealed record ModelEvaluated
{
    public required string JobId { get; init; }

    /// <summary>What was asked.</summary>
    public required EvaluateModel Item { get; init; }

    /// <summary>Full name of the worker's device.</summary>
    public required string Device { get; init; }
}

/// <summary>The evaluation of a trained model threw on a worker.</summary>
public sealed record ModelNotEvaluated
{
    public required string JobId { get; init; }

    /// <summary>What was asked.</summary>
    public required EvaluateModel Item { get; init; }

    /// <summary>What was said, one line.</summary>
    public required string Error { get; init; }
}
