using Cluster.Protocol.Tests.Model;
using CsCheck;

namespace Cluster.Protocol.Tests;

/// <summary>The checks of the model can fail: with one rule broken in the simulated services, some interleaving is caught.</summary>
public sealed class ProtocolMutationTests(ITestOutputHelper output)
{
    private const int MaxScenarios = 50_000;

    public static TheoryData<string> Mutations => [.. Enum.GetNames<Mutation>().Where(name => name != nameof(Mutation.None))];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void Run_RuleBroken_IsCaught(string mutation)
    {
        var scenarios = Scenarios.Any(Enum.Parse<Mutation>(mutation));
        string? caught = null;
        var tried = 0;

        for (; caught is null && tried < MaxScenarios; tried++)
            caught = Violation(Expose(scenarios.Single()));

        Assert.NotNull(caught);
        output.WriteLine($"{mutation}: caught by scenario {tried}: {caught}");
    }

    /// <summary>Makes likely what the rule is for; a recovery for another reason would heal what two ps tasks cannot settle.</summary>
    private static Scenario Expose(Scenario scenario) => scenario.Mutation switch
    {
        Mutation.OneVersionOnly or Mutation.IncarnationReused =>
            Alone(scenario, job => job with { Tasks = 3, IsAsync = false, Staleness = null }) with { NetworkFaults = 8, ActionsPerFault = 0, Actions = 1000 },
        // Many clocks between two evaluations and checkpoints, so that segments are long enough to be cut while steps go on.
        Mutation.EndsLeftApart =>
            Alone(scenario, Long) with { Workers = 1, NetworkFaults = 2, ActionsPerFault = 0, Actions = 3000 },
        Mutation.LabelIgnored or Mutation.TornSliceAccepted =>
            Alone(scenario, job => job with { Tasks = 3, IsAsync = false, Staleness = null, LocalSteps = 1, UsesAdagrad = true })
            with
            { Workers = 4, NetworkFaults = 8, ActionsPerFault = 40, Actions = 3000 },
        Mutation.FlipAcrossGenerations =>
            Alone(scenario, job => job with { Tasks = 1, Lanes = 1, Epochs = 6 }) with { Workers = 4, NetworkFaults = 4, ActionsPerFault = 15, Actions = 3000 },
        Mutation.BoundIgnored or Mutation.SeenOverstated =>
            Alone(scenario, job => job with { Lanes = Math.Max(2, job.Lanes), Epochs = 6, IsAsync = true, LocalSteps = 1, Staleness = job.Staleness ?? 0 })
            with
            { Workers = 4, NetworkFaults = 4, ActionsPerFault = 40 },
        Mutation.LocalDifferencesUnweighted or Mutation.LocalStateKept =>
            Alone(scenario, job => job with { IsAsync = false, UsesAdagrad = false, Staleness = null, LocalSteps = 2 })
            with
            { NetworkFaults = 4, ActionsPerFault = 20 },
        Mutation.RunsAheadOfEvaluations or Mutation.BestReleased or Mutation.DecidedTwice =>
            Alone(scenario, job => job with { EvaluateEvery = 1, StopAt = 0, CancelAt = 0, Epochs = 6 })
            with
            { NetworkFaults = 8, ActionsPerFault = 40, Actions = 3000 },
        Mutation.ReleasedLater =>
            Alone(scenario, job => job with { Tasks = 1, Lanes = 1, EvaluateEvery = 1, StopAt = 0, CancelAt = 0, Epochs = 6 })
            with
            { NetworkFaults = 8, ActionsPerFault = 40, Actions = 3000 },
        Mutation.FlipAfterEnd =>
            Alone(scenario, job => job with { EvaluateEvery = 1, StopAt = 2, CancelAt = 0, Epochs = 6 })
            with
            { NetworkFaults = 8, ActionsPerFault = 40, Actions = 3000 },
        Mutation.FlipAfterCancel =>
            Alone(scenario, job => job with { Tasks = 1, Lanes = 1, Batch = 1, Examples = 20, Epochs = 6, CancelAt = 300 })
            with
            { Actions = 1000, NetworkFaults = 4, ActionsPerFault = 20 },
        Mutation.DeletesInOtherJobs or Mutation.FinishReachesOtherJobs or Mutation.EndDropsOtherModels =>
            Twice(scenario, job => job with { CancelAt = 0 }) with { NetworkFaults = 4, ActionsPerFault = 40 },
        Mutation.ReleasesInOtherJobs =>
            Twice(scenario, job => job with { CancelAt = 0, EvaluateEvery = 1, StopAt = 0, Epochs = 6 })
            with
            { NetworkFaults = 4, ActionsPerFault = 40, Actions = 3000 },
        Mutation.CancelReachesOtherJobs => Twice(scenario, job => job with { CancelAt = 0, Epochs = 6 }, cancelAt: 100)
            with
        { NetworkFaults = 4, ActionsPerFault = 40 },
        _ => Alone(scenario, job => job) with { NetworkFaults = 4, ActionsPerFault = 20 },
    };

    private static JobScenario Long(JobScenario job) => new()
    {
        Seed = job.Seed & ~3UL,
        Tasks = 2,
        Lanes = 1,
        Batch = 1,
        Examples = 20,
        Epochs = 6,
        IsAsync = false,
        UsesAdagrad = job.UsesAdagrad,
    };

    private static Scenario Alone(Scenario scenario, Func<JobScenario, JobScenario> change) => scenario with { Jobs = [change(scenario.Jobs[0])] };

    /// <summary>Two jobs of one kind, the second perhaps to be cancelled.</summary>
    private static Scenario Twice(Scenario scenario, Func<JobScenario, JobScenario> change, int cancelAt = 0)
    {
        var job = change(scenario.Jobs[0]);
        return scenario with { Jobs = [job, job with { Seed = job.Seed + 1, CancelAt = cancelAt }] };
    }

    private static string? Violation(Scenario scenario)
    {
        try
        {
            new SimCluster(scenario).Run();
            return null;
        }
        catch (ProtocolViolationException violation)
        {
            return violation.Message;
        }
        catch (InvalidOperationException refused)
        {
            return refused.Message;
        }
    }
}
