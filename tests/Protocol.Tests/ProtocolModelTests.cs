using System.Globalization;
using Cluster.Protocol.Parameters;
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
        long wanted = long.TryParse(
            Environment.GetEnvironmentVariable("CLUSTER_PROTOCOL_STEPS"), CultureInfo.InvariantCulture, out long steps)
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
        var scenario = Scenarios.Any().Single() with
        {
            IsAsync = isAsync,
            Staleness = staleness,
            LocalSteps = 1,
            CancelAt = 0,
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
        foreach (Scenario scenario in Scenarios.Corpus)
        {
            for (ulong order = 0; order < 200; order++)
                new SimCluster(scenario with { Seed = scenario.Seed + order }).Run();
        }
    }

    /// <summary>What the interleavings went through: a fault that never hit proves nothing.</summary>
    private sealed class Seen
    {
        private long _commits;
        private long _recoveries;
        private long _storeCrashes;
        private long _steals;
        private long _duplicates;
        private long _superseded;
        private long _boundedCommits;
        private long _boundedSteals;
        private long _localCommits;
        private long _cancelled;
        private long _evaluations;
        private long _endedEarly;

        public void Add(SimCluster cluster)
        {
            Interlocked.Add(ref _commits, cluster.Store.Commits);
            Interlocked.Add(ref _recoveries, cluster.Store.Generations - 1);
            Interlocked.Add(ref _storeCrashes, (long)cluster.Store.Run - 1);
            Interlocked.Add(ref _steals, cluster.Steals);
            Interlocked.Add(ref _boundedSteals, cluster.Scenario.Staleness is null ? 0 : cluster.Steals);
            Interlocked.Add(ref _boundedCommits, cluster.Scenario.Staleness is null ? 0 : cluster.Store.Commits);
            Interlocked.Add(ref _localCommits, cluster.Scenario.LocalSteps == 1 ? 0 : cluster.Store.Commits);
            Interlocked.Add(ref _cancelled, cluster.Store.State.IsCancelled ? 1 : 0);
            Interlocked.Add(ref _evaluations, cluster.Store.Evaluations);
            Interlocked.Add(ref _endedEarly, cluster.Store.State.Record.End is not null ? 1 : 0);
            Interlocked.Add(ref _duplicates, cluster.Outcomes[(int)PushOutcome.Duplicate]);
            Interlocked.Add(ref _superseded, cluster.Outcomes[(int)PushOutcome.Superseded]);
        }

        public bool HasAll => Array.TrueForAll(Counts, count => count > 0);

        private long[] Counts => [_commits, _recoveries, _storeCrashes, _steals, _duplicates, _superseded, _boundedCommits, _boundedSteals, _localCommits, _cancelled, _evaluations, _endedEarly];

        public void AssertAll() => Assert.All(Counts, count => Assert.True(count > 0, ToString()));

        public override string ToString() =>
            $"{_commits} commits, {_recoveries} recoveries, {_storeCrashes} store crashes, {_steals} steal hints, {_duplicates} duplicates, {_superseded} superseded, "
            + $"{_boundedCommits} commits and {_boundedSteals} hints under a bound of staleness, {_localCommits} commits of local steps, {_cancelled} cancelled, "
            + $"{_evaluations} evaluations, {_endedEarly} ended early";
    }
}
