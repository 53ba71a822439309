using System.Globalization;
using Cluster.Protocol.Tests.Model;
using CsCheck;

namespace Cluster.Protocol.Tests;

/// <summary>The protocol over random interleavings: the classes that the services call, in a cluster where anything fails between any two actions.</summary>
public sealed class ProtocolModelTests(ITestOutputHelper output)
{
    private const long DefaultSteps = 500_000;
    private const int MaxExtension = 8;

    /// <summary>A run of this many actions or more; CLUSTER_PROTOCOL_STEPS asks for another number.</summary>
    [Fact]
    public void Run_RandomInterleavings_CommitsWhatOneWorkerCommits()
    {
        var wanted = long.TryParse(
            Environment.GetEnvironmentVariable("CLUSTER_PROTOCOL_STEPS"), CultureInfo.InvariantCulture, out var steps)
            ? steps
            : DefaultSteps;
        long actions = 0;
        var seen = new Seen();

        // What is rare may come late: then it goes on for a while.
        while (actions < wanted || (!seen.HasAll && actions < MaxExtension * wanted))
        {
            Scenarios.Any().Sample(
                scenario =>
                {
                    var cluster = new SimCluster(scenario);
                    cluster.Run();
                    Interlocked.Add(ref actions, cluster.Actions);
                    seen.Add(cluster);
                },
                iter: 20);
        }

        output.WriteLine($"{actions} actions: {seen}");
        seen.AssertAll();
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    public void Run_NoFaults_Finishes(bool isAsync, int? staleness)
    {
        var any = Scenarios.Any().Single();
        var scenario = any with
        {
            Jobs = [.. any.Jobs.Select(job => job with { IsAsync = isAsync, Staleness = staleness, LocalSteps = 1, CancelAt = 0 })],
            NetworkFaults = 0,
            ActionsPerFault = 0,
            Actions = 0,
        };
        var cluster = new SimCluster(scenario);

        cluster.Run();

        Assert.True(cluster.IsFinished);
    }

    /// <summary>The seed corpus, each scenario in the order that was caught and in its neighbours.</summary>
    [Fact]
    public void Run_WhatOnceWasCaught_Holds()
    {
        foreach (var scenario in Scenarios.Corpus)
        {
            for (ulong order = 0; order < 200; order++)
                new SimCluster(scenario.Shift(order)).Run();
        }
    }
}
