using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Planning;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Shards;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;

namespace Cluster.Coordinator.Figures;

/// <summary>Notes a point for each commit: what its segment came to, and how fast. Owned by one runner;
/// a coordinator that dies may leave out the point of one commit.</summary>
internal sealed class SegmentSummaries(TrainingJob training, TrainingPlan plan, TrainingFigures figures, RedisTraining records, RedisSummaries points,
    TimeProvider time, ILogger<SegmentSummaries> logger)
{
    private readonly LossWatch _watch = new(plan);
    private Seen? _last;

    /// <summary>Notes the newest commit, once.</summary>
    /// <exception cref="JobMovedException">The job is not this chief's any more.</exception>
    public async Task NoteAsync(TrainingRecord record)
    {
        var manifest = record.Protocol.Manifest;
        var clock = manifest?.Clock ?? 0;
        if (_last is { } last && (last.Clock >= clock || record.Protocol.End is not null)) return;
        var now = new Seen(clock, manifest?.Examples ?? 0, time.GetTimestamp(), record.Counters.Steals, RefusalsOf(record.Counters),
            record.Counters.TotalStaleness());
        var before = _last;
        _last = now;
        // The first commit that a coordinator sees ends a segment whose begin it did not see.
        if (before is not { } from || manifest is null) return;
        await AppendAsync(SummarySeries.Segments, clock, ValuesOf(from, now));
        if (_watch.Note(from.Clock, figures.LossOf(clock)) is { } warning) await WarnAsync(warning);
    }

    /// <summary>Notes an evaluation.</summary>
    /// <exception cref="JobMovedException">The job is not this chief's any more.</exception>
    public Task NoteAsync(EvaluationFigures evaluation) => AppendAsync(
        SummarySeries.Evaluations, evaluation.Clock, evaluation.Values.ToDictionary(value => SummaryNames.Evaluation + value.Key, value => value.Value));

    private Dictionary<string, double> ValuesOf(Seen from, Seen to)
    {
        var seconds = time.GetElapsedTime(from.At, to.At).TotalSeconds;
        var values = new Dictionary<string, double>
        {
            [SummaryNames.ExamplesPerSecond] = (to.Examples - from.Examples) / seconds,
            [SummaryNames.StepSeconds] = seconds / (to.Clock - from.Clock),
            [SummaryNames.Steals] = to.Steals - from.Steals,
            [SummaryNames.Refusals] = to.Refusals - from.Refusals,
        };
        var gradients = to.Staleness.Gradients - from.Staleness.Gradients;
        if (gradients > 0) values[SummaryNames.Staleness] = (double)(to.Staleness.Clocks - from.Staleness.Clocks) / gradients;
        if (figures.LossOf(to.Clock).Mean is { } loss) values[SummaryNames.Loss] = loss;
        return values;
    }

    private async Task WarnAsync(string warning)
    {
        if (await records.WarnAsync(training.Id, training.Owner, warning) == TrainingAnswer.Fenced) throw new JobMovedException("fenced");
        TrainingLog.Warned(logger, training.Id, warning);
    }

    private async Task AppendAsync(SummarySeries series, long clock, Dictionary<string, double> values)
    {
        // JSON has no word for other numbers.
        foreach (var name in values.Keys.Where(name => !double.IsFinite(values[name])).ToArray()) values.Remove(name);
        var point = new SummaryPoint(clock, time.GetUtcNow().ToUnixTimeMilliseconds(), values);
        if (!await points.AppendAsync(training.Id, training.Owner, series, point)) throw new JobMovedException("fenced");
    }

    private static long RefusalsOf(TrainingCounters counters) =>
        Enum.GetValues<PushOutcome>().Where(outcome => outcome != PushOutcome.Admitted).Sum(counters.Pushes);

    private readonly record struct Seen(long Clock, long Examples, long At, long Steals, long Refusals, (long Gradients, long Clocks) Staleness);
}
