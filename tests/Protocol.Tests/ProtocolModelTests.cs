using System.Globalization;
using Cluster.Protocol.Tests.Model;
using CsCheck;

namespace Cluster.Protocol.Tests;

/// <summary>The protocol over random interleavings: the classes that the services call, in a cluster where anything fails between any two actions.</summary>
public sealed class ProtocolModelTests(ITestOutputHelper output)
{
    private const long DefaultSteps = 100_000;

    /// <summary>A run of this many actions or more; CLUSTER_PROTOCOL_STEPS asks for another number.</summary>
    [Fact]
    public void Run_RandomInterleavings_CommitsWhatOneWorkerCommits()
    {
        long wanted = long.TryParse(
            Environment.GetEnvironmentVariable("CLUSTER_PROTOCOL_STEPS"), CultureInfo.InvariantCulture, out long steps)
            ? steps
            : DefaultSteps;
        long actions = 0;
        long steals = 0;

        while (actions < wanted)
        {
            Scenarios.Any().Sample(
                scenario =>
                {
                    var cluster = new SimCluster(scenario);
                    cluster.Run();
                    Interlocked.Add(ref actions, cluster.Actions);
                    Interlocked.Add(ref steals, cluster.Steals);
                },
                iter: 20);
        }

        output.WriteLine($"{actions} actions, {steals} steal hints");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_NoFaults_Finishes(bool isAsync)
    {
        var scenario = Scenarios.Any().Single() with { IsAsync = isAsync, NetworkFaults = 0, ActionsPerFault = 0, Actions = 0 };
        var cluster = new SimCluster(scenario);

        cluster.Run();

        Assert.True(cluster.IsFinished);
    }
}
