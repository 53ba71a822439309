using System.Diagnostics.Metrics;

namespace Cluster.Worker.Training;

/// <summary>Metrics of a worker's training. Without tags, so that a step allocates nothing.</summary>
internal sealed class TrainingMetrics
{
    private readonly Counter<long> _steps;
    private readonly Counter<long> _examples;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _adopted;
    private readonly Counter<long> _resends;
    private readonly Counter<long> _unsent;

    public TrainingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Cluster.Worker");
        _steps = meter.CreateCounter<long>("cluster.step.computed", "{step}", "Clocks at which a slot computed a gradient");
        _examples = meter.CreateCounter<long>("cluster.step.examples", "{example}", "Examples of the gradients computed");
        _duration = meter.CreateHistogram(
            "cluster.step.duration", "s", "Time from one step of a slot to the next", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00001, 0.0001, 0.001, 0.01, 0.1, 0.3, 1, 3, 10, 60, 600] });
        _adopted = meter.CreateCounter<long>("cluster.steal.adopted", "{block}", "Blocks taken over from other workers");
        _unsent = meter.CreateCounter<long>("cluster.exchange.unsent", "{push}", "Gradients that could not be handed to a ps task, as the stream was broken");
        _resends = meter.CreateCounter<long>("cluster.exchange.resends", "{resend}", "Times a ps task was asked again for what it had not answered");
    }

    public void Computed(long examples) => _examples.Add(examples);

    public void Stepped(TimeSpan took)
    {
        _steps.Add(1);
        _duration.Record(took.TotalSeconds);
    }

    public void Adopted() => _adopted.Add(1);

    public void Unsent() => _unsent.Add(1);

    public void Resent() => _resends.Add(1);
}
