using Cluster.Protocol.Tests.Model;
using CsCheck;

namespace Cluster.Protocol.Tests;

/// <summary>The checks of the model can fail: with one rule broken in the simulated services, some interleaving is caught.</summary>
public sealed class ProtocolMutationTests(ITestOutputHelper output)
{
    private const int MaxScenarios = 20_000;

    public static TheoryData<string> Mutations => [.. Enum.GetNames<Mutation>().Where(name => name != nameof(Mutation.None))];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void Run_RuleBroken_IsCaught(string mutation)
    {
        Gen<Scenario> scenarios = Scenarios.Any(Enum.Parse<Mutation>(mutation));
        string? caught = null;
        int tried = 0;

        for (; caught is null && tried < MaxScenarios; tried++)
            caught = Violation(Expose(scenarios.Single()));

        Assert.NotNull(caught);
        output.WriteLine($"{mutation}: caught by scenario {tried}: {caught}");
    }

    /// <summary>Makes likely what the rule is for; a recovery for another reason would heal what two ps tasks cannot settle.</summary>
    private static Scenario Expose(Scenario scenario) => scenario.Mutation switch
    {
        Mutation.OneVersionOnly or Mutation.IncarnationReused =>
            scenario with { Tasks = 3, IsAsync = false, Staleness = null, NetworkFaults = 8, ActionsPerFault = 0, Actions = 1000 },
        Mutation.LabelIgnored or Mutation.TornSliceAccepted =>
            scenario with { Tasks = 3, Workers = 4, IsAsync = false, Staleness = null, LocalSteps = 1, UsesAdagrad = true, NetworkFaults = 8, ActionsPerFault = 40, Actions = 3000 },
        Mutation.FlipAcrossGenerations =>
            scenario with { Tasks = 1, Lanes = 1, Workers = 4, Epochs = 6, NetworkFaults = 4, ActionsPerFault = 15, Actions = 3000 },
        Mutation.BoundIgnored or Mutation.SeenOverstated =>
            scenario with { Lanes = Math.Max(2, scenario.Lanes), Workers = 4, Epochs = 6, IsAsync = true, LocalSteps = 1, Staleness = scenario.Staleness ?? 0, NetworkFaults = 4, ActionsPerFault = 40 },
        Mutation.LocalDifferencesUnweighted or Mutation.LocalStateKept =>
            scenario with { IsAsync = false, UsesAdagrad = false, Staleness = null, LocalSteps = 2, NetworkFaults = 4, ActionsPerFault = 20 },
        Mutation.RunsAheadOfEvaluations or Mutation.BestReleased or Mutation.DecidedTwice =>
            scenario with { EvaluateEvery = 1, StopAt = 0, CancelAt = 0, Epochs = 6, NetworkFaults = 8, ActionsPerFault = 40, Actions = 3000 },
        Mutation.ReleasedLater =>
            scenario with { Tasks = 1, Lanes = 1, EvaluateEvery = 1, StopAt = 0, CancelAt = 0, Epochs = 6, NetworkFaults = 8, ActionsPerFault = 40, Actions = 3000 },
        Mutation.FlipAfterEnd => scenario with { EvaluateEvery = 1, StopAt = 2, CancelAt = 0, Epochs = 6, NetworkFaults = 8, ActionsPerFault = 40, Actions = 3000 },
        Mutation.FlipAfterCancel => scenario with { CancelAt = 300, Actions = 1000, Epochs = 6, NetworkFaults = 4, ActionsPerFault = 20 },
        _ => scenario with { NetworkFaults = 4, ActionsPerFault = 20 },
    };

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
