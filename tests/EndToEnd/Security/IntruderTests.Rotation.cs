using System.Diagnostics;
using System.Net;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Training;
using Cluster.Support.Processes;
using Cluster.TestModels;
using Grpc.Core;

namespace Cluster.EndToEnd.Security;

/// <summary>The cluster gets another key, a process at a time, and nobody notices.</summary>
public sealed partial class IntruderTests
{
    private const string SecondKey = "CLUSTER_KEY_SECOND";

    [Fact(Timeout = TestLimit)]
    public async Task Rotate_WhileJobsRun_TakesTheOldKeyAwayAndLosesNothing()
    {
        var cluster = await ShareClusterAsync(Options);
        var old = cluster.Connection.Key;
        const string next = "the-next-key-of-a-test-cluster-0123456789";
        await UploadCountsAsync(cluster);
        using var oldEnds = new CancellationTokenSource();
        using var nextEnds = new CancellationTokenSource();
        await using var withOld = cluster.Connect(old);
        await using var withNext = cluster.Connect(next);

        var oldJobs = CountAsync(withOld, oldEnds.Token);
        await RestartAllAsync(cluster, old, next);
        await cluster.UntilWholeAsync(Ct);
        var nextJobs = CountAsync(withNext, nextEnds.Token);
        await RestartAllAsync(cluster, next, old);
        await cluster.UntilWholeAsync(Ct);
        await oldEnds.CancelAsync();
        var done = await oldJobs.WaitAsync(Limit, Ct);
        await cluster.ShowKeyAsync(next);
        await RestartAllAsync(cluster, next, "");
        await nextEnds.CancelAsync();
        done += await nextJobs.WaitAsync(Limit, Ct);

        Assert.InRange(done, 2, int.MaxValue);
        await cluster.UntilWholeAsync(Ct);
        foreach (var process in cluster.Processes)
        {
            using var http = new HttpClient { BaseAddress = process.Endpoints.Http, Timeout = TimeSpan.FromSeconds(30) };
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, HttpMethod.Get, "/health",
                new Metadata { { "authorization", $"Bearer {old}" } }));
        }

        await Assert.ThrowsAsync<ClusterAuthenticationException>(() => withOld.ListTasksAsync(Ct));
        Say($"{done} jobs ran while the key changed");
    }

    private static Task UploadCountsAsync(TestCluster cluster)
        => cluster.UploadAsync("counts", "pace", TestData.Csv(["id", "pace"], 600, row => [row, 4]), Ct);

    /// <summary>Runs jobs, one after the other, each of which must count every example once an epoch; returns how many.</summary>
    private static async Task<int> CountAsync(ClusterClient client, CancellationToken end)
    {
        var spec = CountingSpec.Of("counts", "pace", TrainingNames.Sync, epochs: 5);
        var jobs = 0;
        do
        {
            var model = await client.TrainAsync(spec, cancellationToken: Ct).WaitAsync(Limit, Ct);
            Assert.All(model.Parameters!["count"], count => Assert.Equal(spec.Epochs, count));
            Assert.Equal(spec.Epochs * 600L, model.Examples);
            jobs++;
        }
        while (!end.IsCancellationRequested);
        return jobs;
    }

    /// <summary>A restart of every process, half of the cluster at a time.</summary>
    private static async Task RestartAllAsync(TestCluster cluster, string key, string second)
    {
        var since = Stopwatch.GetTimestamp();
        cluster.SetEnvironment("CLUSTER_KEY", key);
        cluster.SetEnvironment(SecondKey, second);
        await Task.WhenAll(RestartAsync(cluster.Coordinator), RestartAsync(cluster.Workers[0]));
        await Task.WhenAll(RestartAsync(cluster.ParameterStores[0]), RestartAsync(cluster.Workers[1]));
        Say(FormattableString.Invariant($"all processes restarted within {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s"));

        static async Task RestartAsync(ServiceProcess process)
        {
            await process.StopAsync(Ct);
            await process.StartAsync(Ct);
        }
    }
}
