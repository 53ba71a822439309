using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Security;
using Cluster.EndToEnd.Telemetry;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd;

/// <summary>What the services export: a job is one trace through all of them, and a cluster without work makes none.</summary>
public sealed class TraceTests(SharedBroker broker) : ClusterTest(broker)
{
    private const ulong Warning = 13;

    // A batch of spans is sent after half a second, see the sink.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(8);

    [Fact(Timeout = TestLimit)]
    public async Task Run_NothingThenJobs_MakesNoTraceThenOneEach()
    {
        using var sink = OtlpSink.Start();
        var cluster = await StartClusterAsync(new TestClusterOptions(Workers: 2) { ParameterStores = 2, Environment = sink.Environment });

        await Task.Delay(Idle, Ct);
        Assert.Empty(sink.Spans());

        var pi = await RunAsync(cluster, sink, "pi", "--points", "20000000", "--seed", "3");
        AssertBeneath(pi, "job submit", "cluster-cli", "job pi", "coordinator");
        AssertBeneath(pi, "job pi", "coordinator", "ranges publish", "coordinator");
        AssertBeneath(pi, "ranges publish", "coordinator", "range compute", "worker");
        AssertBeneath(pi, "range compute", "worker", "range.record", "worker");
        AssertBeneath(pi, "job pi", "coordinator", "job end", "coordinator");

        var training = await RunAsync(cluster, sink, "train", "linear", "--lanes", "4", "--epochs", "3");
        AssertBeneath(training, "job submit", "cluster-cli", "job training", "coordinator");
        AssertBeneath(training, "segment publish", "coordinator", "segment train", "worker");
        AssertBeneath(training, "commit", "coordinator", "training.flip", "coordinator");
        AssertBeneath(training, "evaluation publish", "coordinator", "model evaluate", "worker");
        AssertBeneath(training, "job training", "coordinator", "job end", "coordinator");
        foreach (var store in (string[])["ps-0", "ps-1"])
        {
            AssertBeneath(training, "shard open", "coordinator", "shard load", store);
            AssertBeneath(training, "segment advance", "coordinator", "snapshot write", store);
        }

        Assert.DoesNotContain(sink.Logs(), log => log.Severity >= Warning);
    }

    /// <summary>Runs a command that submits a job and waits for it: the spans that come of it, which are one trace.</summary>
    private static async Task<Dictionary<string, OtlpSpan>> RunAsync(TestCluster cluster, OtlpSink sink, params string[] arguments)
    {
        var environment = new Dictionary<string, string>(sink.Environment)
        {
            ["CLUSTER_ADDRESS"] = cluster.Connection.Address.ToString(),
            ["CLUSTER_KEY"] = cluster.Connection.Key,
        };
        var known = sink.Spans().Select(span => span.Trace).ToHashSet();
        var answer = await CommandProcess.RunAsync("services/Cli/Cli.csproj", [.. arguments, "--json"], environment, Ct);
        Assert.True(answer.ExitCode == 0, answer.Error);

        // Each process sends by and by; the job's own span and those that others name come last.
        var spans = await Poll.UntilAsync("the trace is whole", () => Task.FromResult(New()), IsWhole, Limit, Ct);
        await Task.Delay(Idle, Ct);
        spans = New();
        Assert.Single(spans.Values.Select(span => span.Trace).Distinct());
        Assert.DoesNotContain(spans.Values, span => span.IsLinked);
        return spans;

        Dictionary<string, OtlpSpan> New() => sink.Spans().Where(span => !known.Contains(span.Trace)).ToDictionary(span => span.Id);
    }

    private static bool IsWhole(Dictionary<string, OtlpSpan> spans)
        => spans.Values.Any(span => span.Name is "job pi" or "job training") && spans.Values.All(span => span.Parent == "" || spans.ContainsKey(span.Parent));

    private static void AssertBeneath(Dictionary<string, OtlpSpan> spans, string ancestor, string ofService, string name, string service)
        => Assert.Contains(spans.Values, span => span.Name == name && span.Service == service
            && Ancestors(spans, span).Any(above => above.Name == ancestor && above.Service == ofService));

    private static IEnumerable<OtlpSpan> Ancestors(Dictionary<string, OtlpSpan> spans, OtlpSpan span)
    {
        while (spans.TryGetValue(span.Parent, out var parent)) yield return span = parent;
    }
}
