using System.Security.Cryptography;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Storage.Training;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Coordinator.Figures;

/// <summary>What people are told of a training job: from its record, and live from the ps tasks' reports and the workers' events.
/// Owned by one runner.</summary>
internal sealed class TrainingFigures(TimeProvider time)
{
    // Of the open segment, and of those whose commit is on its way.
    private const int LossesKept = 4;

    private readonly Computations.RateMeter _steps = new(time);
    private readonly Computations.RateMeter _examples = new(time);
    private readonly Dictionary<string, long> _observed = [];
    // By the clocks at which segments end; the newest is what people see.
    private readonly SortedDictionary<long, LossSum> _losses = [];
    private Generation _generation;
    private readonly FirstSteps _first = new(time);
    private readonly ulong _chief = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private long _unsent;
    private long _resent;

    /// <summary>Clock of the slowest lane, everywhere.</summary>
    public long Clock { get; private set; }

    public long ContributedExamples { get; private set; }

    public double StepsPerSecond { get; private set; }

    public double ExamplesPerSecond { get; private set; }

    /// <summary>Mean loss of the batches of the newest segment that was heard of.</summary>
    public double? Loss => _losses.Count > 0 ? _losses.Last().Value.Mean : null;

    /// <summary>What the losses of the batches of the segment that ends at a clock come to; none where nothing was heard of it.</summary>
    public LossSum LossOf(long clock) => _losses.GetValueOrDefault(clock);

    /// <summary>Takes note of what the ps tasks say now.</summary>
    public void Observe(IReadOnlyList<V1.ShardReport?> reports)
    {
        foreach (var report in reports.OfType<V1.ShardReport>())
        {
            _observed[TrainingCounters.StealsOf(report.Incarnation)] = report.Hints;
            foreach (var (outcome, count) in report.Outcomes)
            {
                if (Enum.TryParse(outcome, out PushOutcome push)) _observed[TrainingCounters.PushesOf(push, report.Incarnation)] = count;
            }

            for (var clocks = 0; clocks < report.Staleness.Count; clocks++)
            {
                if (report.Staleness[clocks] > 0) _observed[TrainingCounters.StalenessOf(clocks, report.Incarnation)] = report.Staleness[clocks];
            }
        }

        if (reports.Count == 0 || reports.Any(report => report is not { Phase: V1.Phase.Serving })) return;
        Clock = reports.Min(report => report!.LaneClocks.Min());
        ContributedExamples = reports.Min(report => report!.Examples);
        _first.Observe(Clock);
        StepsPerSecond = _steps.Sample(Clock);
        ExamplesPerSecond = _examples.Sample(ContributedExamples);
    }

    /// <summary>Takes note of a worker's share of a segment.</summary>
    public void Reached(SegmentReached told)
    {
        if (told.Generation != _generation) _losses.Clear();
        _generation = told.Generation;
        _losses[told.To] = _losses.GetValueOrDefault(told.To).Plus(new LossSum(told.LossSum, told.Examples));
        if (_losses.Count > LossesKept) _losses.Remove(_losses.First().Key);
        if (told.Unsent > 0) _observed[TrainingCounters.UnsentOf(_chief)] = _unsent += told.Unsent;
        if (told.Resent > 0) _observed[TrainingCounters.ResentOf(_chief)] = _resent += told.Resent;
    }

    /// <summary>What the ps processes counted since the last call, as fields of the record.</summary>
    public IReadOnlyCollection<KeyValuePair<string, long>> TakeObserved()
    {
        KeyValuePair<string, long>[] observed = [.. _observed];
        _observed.Clear();
        return observed;
    }

    /// <summary>What clients see of a training job.</summary>
    /// <param name="record">Its record.</param>
    /// <param name="live">The runner's figures; null where it does not run here.</param>
    public static TrainingProgress? Describe(TrainingRecord? record, TrainingFigures? live)
    {
        if (record?.Plan is not { } plan) return null;
        var schedule = plan.Schedule();
        var committed = record.Protocol.Manifest?.Examples ?? 0;
        var progress = new TrainingProgress
        {
            Lanes = plan.Spec.Lanes,
            ParameterStores = plan.Stores,
            CommittedClock = record.Protocol.Manifest?.Clock ?? 0,
            CommittedExamples = committed,
            Segments = record.Counters.Segments,
            Commits = record.Counters.Commits,
            Generations = record.Counters.Generations,
            Steals = record.Counters.Steals,
            // What was trained beyond the commit that the job ends with does not count.
            Examples = record.Protocol.End is null ? Math.Max(committed, live?.ContributedExamples ?? 0) : committed,
            ExamplesRate = live?.ExamplesPerSecond ?? 0,
            LastEvaluation = MessageOf(record.Evaluated?.Last),
            BestEvaluation = MessageOf(record.Evaluated?.Best.Figures),
            EndReason = record.EndReason,
            Warnings = { record.Warnings },
            StepExamples = Math.Min(plan.Rows, schedule.StepExamples),
            StepsPerEpoch = schedule.StepsPerEpoch,
            Staleness = { record.Counters.Staleness() },
            ExpectedSeconds = (live?._first.SecondsPerStep ?? 0) * schedule.TotalClocks,
            ExpectedFromSteps = live?._first.Count ?? 0,
        };
        if (live?.Loss is { } loss) progress.Loss = loss;
        foreach (var outcome in Enum.GetValues<PushOutcome>().Where(outcome => outcome != PushOutcome.Admitted))
        {
            if (record.Counters.Pushes(outcome) is > 0 and var count) progress.Refusals[outcome.ToString()] = count;
        }

        if (record.Counters.Unsent is > 0 and var unsent) progress.Refusals[TrainingCounters.UnsentName] = unsent;
        if (record.Counters.Resent is > 0 and var resent) progress.Refusals[TrainingCounters.ResentName] = resent;
        return progress;
    }

    private static Evaluation? MessageOf(EvaluationFigures? figures) => figures is null ? null : new Evaluation
    {
        Clock = figures.Clock,
        IsHeldOut = figures.Set == EvaluationSet.HeldOut,
        Examples = figures.Examples,
        Values = { figures.Values.ToDictionary() },
        Fingerprint = figures.Fingerprint,
    };
}
