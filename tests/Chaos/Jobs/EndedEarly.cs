using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.TestModels;

namespace Cluster.Chaos.Jobs;

/// <summary>Jobs that must not succeed: one whose example throws, one whose gradient is no number, one that is cancelled.</summary>
internal sealed class EndedEarly(Random random)
{
    /// <summary>Data sets of the faulty model, in which one example has a fault.</summary>
    public const string Throwing = "throwing", NotANumber = "not-a-number", Label = "fault";

    private int _next;

    public MixedJob Next() => (_next++ % 3) switch
    {
        0 => Faulty(Throwing, FaultyModel.Message),
        1 => Cancelled(),
        _ => Faulty(NotANumber, "diverged at clock"),
    };

    private MixedJob Faulty(string data, string error)
    {
        var spec = Trainings.Counting(TrainingNames.Sync, 30, (ulong)random.Next()) with
        {
            Model = FaultyModel.ModelName,
            Data = data,
            Label = Label,
            StartBias = random.Next(1, 6),
        };
        return new MixedJob(data, (client, key, ct) => client.SubmitAsync(spec, key, ct), Check);

        IEnumerable<string> Check(JobInfo job)
        {
            if (job.State != JobState.Failed || !job.Error.Contains(error, StringComparison.Ordinal))
                yield return $"it must fail with '{error}': {job.State} {job.Error}";
        }
    }

    private MixedJob Cancelled()
    {
        var spec = Trainings.Counting(TrainingNames.Sync, 1_000_000, (ulong)random.Next());
        return new MixedJob("to be cancelled", (client, key, ct) => client.SubmitAsync(spec, key, ct), Check)
        {
            CancelAfter = TimeSpan.FromSeconds(1 + (4 * random.NextDouble())),
        };

        static IEnumerable<string> Check(JobInfo job)
        {
            if (job.State != JobState.Cancelled)
                yield return $"it was cancelled: {job.State} {job.Error}";
            else if (job.Result is not null && TrainedModel.FromJob(job) is var model
                && model.Parameters!["count"].Sum(count => (double)count) != model.Examples)
                yield return $"its parameters hold {model.Parameters!["count"].Sum(count => (double)count)} examples, it counted {model.Examples}";
        }
    }
}
