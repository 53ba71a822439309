using Cluster.Protocol.Tests.Model;
using CsCheck;

namespace Cluster.Protocol.Tests;

/// <summary>The checks of the model can fail: with one rule broken in the simulated services, some interleaving is caught.</summary>
public sealed class ProtocolMutationTests(ITestOutputHelper output)
{
    private const int MaxScenarios = 4_000;

    public static TheoryData<string> Mutations => [.. Enum.GetNames<Mutation>().Where(name => name != nameof(Mutation.None))];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void Run_RuleBroken_IsCaught(string mutation)
    {
        Gen<Scenario> scenarios = Scenarios.Any(Enum.Parse<Mutation>(mutation));
        string? caught = null;
        int tried = 0;

        for (; caught is null && tried < MaxScenarios; tried++)
            caught = Violation(scenarios.Single() with { NetworkFaults = 4, ActionsPerFault = 20 });

        Assert.NotNull(caught);
        output.WriteLine($"{mutation}: caught by scenario {tried}: {caught}");
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
