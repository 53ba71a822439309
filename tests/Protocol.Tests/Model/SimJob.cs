using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Tests.Model;

/// <summary>A job, what must come of it, and what it went through.</summary>
internal sealed class SimJob
{
    public SimJob(int index, JobScenario scenario)
    {
        Index = index;
        Scenario = scenario;
        Problem = new TrainingProblem(scenario);
        Referee = new Referee(this);
    }

    public int Index { get; }

    public string Name => $"job{Index}";

    public JobScenario Scenario { get; }

    public TrainingProblem Problem { get; }

    public Referee Referee { get; }

    public int Generations { get; set; }

    public int Commits { get; set; }

    public int Evaluations { get; set; }

    public int Steals { get; set; }

    /// <summary>Times that a ps task was asked to end its segment earlier.</summary>
    public int Cuts { get; set; }

    /// <summary>Times that a ps task was asked to end it later again, since another could not end as early.</summary>
    public int Raises { get; set; }

    /// <summary>Pushes and requests by outcome.</summary>
    public long[] Outcomes { get; } = new long[Enum.GetValues<PushOutcome>().Length];
}
