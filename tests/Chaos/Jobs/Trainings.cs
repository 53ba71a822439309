using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Training;
using Cluster.TestModels;

namespace Cluster.Chaos.Jobs;

/// <summary>Trainings of the counting model, whose parameters must be the number of epochs, in every mode.</summary>
internal sealed class Trainings(Random random)
{
    /// <summary>A data set: feature id, label how many milliseconds a batch takes.</summary>
    public const string Data = "paced", Label = "pace";

    /// <summary>Such that the last step of an epoch is short.</summary>
    public const int Rows = 600;

    private const int LongestEpochs = 40;
    private int _next;

    /// <summary>All modes in turn.</summary>
    public MixedJob Next()
    {
        var (mode, localSteps) = (_next++ % 4) switch
        {
            0 => (TrainingNames.Sync, 1),
            1 => (TrainingNames.Ssp, 1),
            2 => (TrainingNames.Async, 1),
            _ => (TrainingNames.Sync, 3),
        };
        var spec = Counting(mode, random.Next(LongestEpochs / 2, LongestEpochs + 1), (ulong)random.Next(), localSteps);
        var name = $"{mode}{(localSteps > 1 ? $" with {localSteps} local steps" : "")}, {spec.Epochs} epochs";
        return new MixedJob(name, (client, key, ct) => client.SubmitAsync(spec, key, ct), job => Check(spec, job));
    }

    public static TrainingSpec Counting(string mode, int epochs, ulong seed, int localSteps = 1) =>
        CountingSpec.Of(Data, Label, mode, epochs) with { Seed = seed, LocalSteps = localSteps };

    private static IEnumerable<string> Check(TrainingSpec spec, JobInfo job)
    {
        if (job.State != JobState.Succeeded)
        {
            yield return $"{job.State} {job.Error}";
            yield break;
        }

        var model = TrainedModel.FromJob(job);
        if (model.Parameters!["count"].Count(count => count != spec.Epochs) is > 0 and var wrong)
            yield return $"{wrong} examples were not contributed {spec.Epochs} times";
        if (model.Examples != (long)spec.Epochs * Rows)
            yield return $"{model.Examples} examples were counted, not {(long)spec.Epochs * Rows}";
        if (job.Training!.CommittedExamples != model.Examples)
            yield return $"{job.Training.CommittedExamples} examples are committed, not {model.Examples}";
        if (spec.Mode == TrainingNames.Sync && model.Fingerprint != SequentialTraining.Fingerprint(SequentialTraining.Count(spec, Rows)))
            yield return "its bits are not those of one undisturbed loop";
    }
}
