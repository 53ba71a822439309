using Cluster.Client.Jobs;

namespace Cluster.Cli.Output;

/// <summary>What a user is told of a training job once: warnings, what a step is, and the time to expect when its first steps are done.</summary>
internal sealed class TrainingNotes
{
    private readonly HashSet<string> _warnings = [];
    private bool _hasPlan;
    private bool _hasTime;

    /// <summary>The lines that are new with this update.</summary>
    public IEnumerable<string> Next(JobInfo job)
    {
        foreach (var warning in job.Training?.Warnings ?? [])
        {
            if (_warnings.Add(warning)) yield return $"{job.Id}: warning: {warning}";
        }

        if (job.Training is not { StepExamples: > 0 } training || job.State.IsEnd()) yield break;
        if (!_hasPlan)
        {
            _hasPlan = true;
            yield return $"{job.Id}: effective batch of {Figures.Count(training.StepExamples)} examples, {Figures.Count(training.StepsPerEpoch)} steps an "
                + $"epoch, {Figures.Count(training.Steps)} steps in all";
        }

        if (_hasTime || training.Expected is not { } expected) yield break;
        _hasTime = true;
        yield return $"{job.Id}: about {Figures.Time(expected)} in all, by its first {Figures.Count(training.ExpectedFromSteps)} steps";
    }
}
