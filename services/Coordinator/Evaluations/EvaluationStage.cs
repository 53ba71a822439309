using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Figures;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Planning;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Plans;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;

namespace Cluster.Coordinator.Evaluations;

/// <summary>The evaluations of a training job, one commit after the other: those on the way, which decide whether it goes on, and the last,
/// which makes its result. Owned by one runner.</summary>
internal sealed class EvaluationStage(TrainingJob training, TrainingPlan plan, SegmentSummaries summaries, JobTrace trace, RunnerParts parts,
    RedisTraining records, WorkerShares shares, ILogger<EvaluationStage> logger)
{
    private EvaluationRound? _round;
    private bool _isFinalRound;

    /// <summary>No segment may begin at this clock before the oldest open evaluation is decided: training runs ahead of a decision by one interval.</summary>
    public long ClockLimit(TrainingRecord record) => record.Evaluations.ClockLimit(plan.Evaluations());

    /// <summary>Moves the oldest open evaluation on, and decides it when all of it is recorded.</summary>
    /// <param name="job">The job.</param>
    /// <param name="record">Its training, just read.</param>
    /// <param name="isCurrent">Whether the record names all commits: a decision that ends the job lets go of the later ones.</param>
    /// <param name="placement">Where its items can go; null where they cannot.</param>
    /// <param name="slots">Worker slots that it may use.</param>
    /// <param name="cancellationToken">Ends the sending.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="JobMovedException">The job is not this chief's any more.</exception>
    public async Task<bool> AdvanceAsync(JobRecord job, TrainingRecord record, bool isCurrent, TrainingPlacement? placement, int slots,
        CancellationToken cancellationToken)
    {
        if (record.ToEvaluate is not [var oldest, ..]) return false;
        var round = RoundOf(oldest, isFinal: false);
        if (await AdvanceAsync(round, job, placement, slots, cancellationToken) && isCurrent) await DecideAsync(record, round);
        return true;
    }

    /// <summary>Moves the evaluation of the last commit on, and records the job's result when all of it is recorded.</summary>
    /// <exception cref="JobMovedException">The job is not this chief's any more.</exception>
    public async Task ConcludeAsync(JobRecord job, TrainingRecord record, CommitManifest last, TrainingPlacement? placement, int slots,
        CancellationToken cancellationToken)
    {
        var round = RoundOf(last, isFinal: true);
        if (!await AdvanceAsync(round, job, placement, slots, cancellationToken)) return;
        using var span = trace.BeginOnce("training result");
        var figures = round.Figures(EvaluationSet.Training);
        var result = new TrainingResult
        {
            Mode = plan.Spec.Mode,
            Lanes = plan.Spec.Lanes,
            Steps = last.Clock,
            Examples = last.Examples,
            Loss = figures.Values[TrainingNames.Loss],
            Warnings = record.Warnings,
            End = record.EndReason.Length > 0 ? record.EndReason : plan.Spec.Steps > 0 ? "steps" : "epochs",
            LastEvaluation = record.Evaluated?.Last,
            BestEvaluation = record.Evaluated?.Best.Figures,
            Parameters = round.Parameters,
            Fingerprint = figures.Fingerprint,
        };
        Require(await records.RecordResultAsync(job.Id, training.Owner, last.Id, result));
    }

    /// <summary>A worker could not evaluate; true when it has been tried often enough.</summary>
    public bool GivesUp(ModelNotEvaluated told)
    {
        if (_round is not { } round) return false;
        var givesUp = round.GivesUp(told.Item);
        TrainingLog.EvaluationFailed(logger, training.Id, round.Failures, LastItem.MaxFailures, told.Error);
        return givesUp;
    }

    private async Task<bool> AdvanceAsync(EvaluationRound round, JobRecord job, TrainingPlacement? placement, int slots, CancellationToken cancellationToken)
    {
        shares.TakeTurns(job.Id, placement?.Devices ?? []);
        var isDone = await round.AdvanceAsync(job, placement, slots, cancellationToken);
        if (isDone) shares.EndTurns(job.Id);
        return isDone;
    }

    private EvaluationRound RoundOf(CommitManifest commit, bool isFinal)
    {
        if (_round is not null && _round.Commit.Id == commit.Id && _isFinalRound == isFinal) return _round;
        EvaluationSet[] sets = isFinal ? [EvaluationSet.Training] : [plan.EvaluationSet];
        (_round, _isFinalRound) = (parts.Make<EvaluationRound>(new EvaluationTask(training.Id, commit, sets, isFinal), plan, trace), isFinal);
        return _round;
    }

    private async Task DecideAsync(TrainingRecord record, EvaluationRound round)
    {
        using var span = trace.Begin("evaluation decide");
        var figures = round.Figures(plan.EvaluationSet);
        var decision = EarlyStopping.Decide(training.Spec, plan.Monitored, record.Evaluated, new EvaluatedCommit(figures, round.Commit));
        await summaries.NoteAsync(figures);
        CommitRetention retention = new(record.Protocol.Manifest, record.Evaluations, round.Commit, decision.State.Best.Manifest);
        var ends = decision.Reason is not null && record.Protocol.End is null;
        var decided = new EvaluationDecision(round.Commit, decision.State, retention.Released(ends));
        if (ends) decided = decided with { End = retention.AsLast(), Reason = decision.Reason!, Later = retention.Later };
        if (Require(await records.DecideAsync(training.Id, training.Owner, decided, plan)) != TrainingAnswer.Done) return;
        var value = EarlyStopping.ValueOf(training.Spec, figures);
        TrainingLog.Evaluated(logger, training.Id, figures.Clock, training.Spec.Monitor, value, decision.Reason ?? "it goes on");
    }

    private static TrainingAnswer Require(TrainingAnswer answer) => answer switch
    {
        TrainingAnswer.Fenced => throw new JobMovedException("fenced"),
        TrainingAnswer.Closed => throw new JobMovedException("closed"),
        _ => answer,
    };
}
