using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Security;

/// <summary>Jobs that reach for files, servers, types and shells.</summary>
public sealed partial class IntruderTests
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(5);

    [Fact(Timeout = TestLimit)]
    public async Task Submit_SpecsThatReachOut_AreRefusedAndNothingIsTouched()
    {
        var cluster = await ShareClusterAsync(Options);
        using var canary = new TcpListener(IPAddress.Loopback, 0);
        canary.Start();
        var port = ((IPEndPoint)canary.LocalEndpoint).Port;
        string[] sources =
        [
            "file:/etc/passwd", "file:///etc/passwd", "file:../../../../etc/passwd", "file:/proc/self/environ",
            $"file:{cluster.Redis.DataDirectory}/redis.conf",
            $"http://127.0.0.1:{port}/x.csv", $"http://2130706433:{port}/x.csv", $"http://[::ffff:127.0.0.1]:{port}/x.csv", $"http://localhost:{port}/x.csv",
            "http://169.254.169.254/latest/meta-data/", "gopher://127.0.0.1/", "data:text/csv,x", "/etc/passwd", "jar:file:/etc/passwd!/", "$(id)",
            "`id`", "|id",
        ];
        foreach (var source in sources)
        {
            var error = await Assert.ThrowsAnyAsync<ClusterException>(() =>
                cluster.Client.AddDataAsync(new DataImport { Source = source, Label = "y" }, cancellationToken: Ct));
            Assert.DoesNotContain("root:", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAnyAsync<ClusterException>(() =>
                cluster.Client.SubmitAsync(new TrainingSpec { Data = source, Label = "y", LearningRate = 0.1f }, cancellationToken: Ct));
        }

        Assert.False(canary.Pending(), "the cluster connected to a server that is not allowed");
        var hostile = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["$type"] = "System.Diagnostics.Process, System" });
        foreach (var name in (string[])["System.Diagnostics.Process", "../pi", "System.IO.File, System.Private.CoreLib"])
        {
            if (await AcceptedAsync(cluster, new ComputationSpec { Name = name, Arguments = hostile, IndexCount = 1, GrainSize = 1 }) is { } job)
                await AssertNotRunAsync(cluster, job);
            await AssertRefusedAsync(cluster, name);
        }
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_TextForAShell_MakesNoFileAndNoProcess()
    {
        var cluster = await ShareClusterAsync(Options);
        var folder = Directory.CreateTempSubdirectory("cluster-shell-").FullName;
        try
        {
            var services = cluster.Processes.Select(process => process.Id).ToHashSet();
            var before = Children.Of(services);
            using var watch = new CancellationTokenSource();
            var children = CollectChildrenAsync(services, watch.Token);
            var accepted = new List<JobInfo>();
            foreach (var text in ForShells(Path.Combine(folder, "made")))
                accepted.AddRange(await SubmitEverywhereAsync(cluster, text));
            // The workers have nothing else to do: what they would run of these has run by then.
            await Task.Delay(IdleTime, Ct);
            await watch.CancelAsync();

            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
            Assert.Empty((await children).Except(before));
            foreach (var job in accepted) await AssertNotRunAsync(cluster, job);
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
            Say($"{accepted.Count} jobs were accepted and none was run");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Text that makes a file of this path, if anything gives it to a shell.</summary>
    private static string[] ForShells(string path) =>
        [$"pi; touch {path}", $"pi && touch {path}", $"pi | touch {path}", $"$(touch {path})", $"`touch {path}`", $"pi\ntouch {path}\n", $"'; touch {path}; '",
        $"\"; touch {path}; \""];

    /// <summary>Submits a text wherever a job or a data set takes one; returns the jobs that were not refused.</summary>
    private static async Task<IReadOnlyList<JobInfo>> SubmitEverywhereAsync(TestCluster cluster, string text)
    {
        await AssertRefusedAsync(cluster, text);
        await Assert.ThrowsAnyAsync<ClusterException>(() => cluster.Client.AddDataAsync(new DataImport { Source = text, Label = "y" }, cancellationToken: Ct));
        await Assert.ThrowsAnyAsync<ClusterException>(() =>
            cluster.Client.AddDataAsync(new DataImport { Name = text, Source = "synthetic:line", Label = text }, cancellationToken: Ct));
        await Assert.ThrowsAnyAsync<ClusterException>(() =>
            cluster.Client.SubmitAsync(new TrainingSpec { Data = text, Label = text, LearningRate = 0.1f }, cancellationToken: Ct));
        await Assert.ThrowsAnyAsync<ClusterException>(() => cluster.Client.CancelAsync(text, text, Ct));
        ComputationSpec[] specs =
        [
            new() { Name = text, Arguments = JsonSerializer.SerializeToElement(text), IndexCount = 1, GrainSize = 1 },
            new() { Name = "no-such-computation", Arguments = JsonSerializer.SerializeToElement(new Dictionary<string, string> { [text] = text }),
            IndexCount = 1, GrainSize = 1 },
        ];
        var jobs = await Task.WhenAll(specs.Select(spec => AcceptedAsync(cluster, spec)));
        return [.. jobs.OfType<JobInfo>()];
    }

    /// <summary>Children of these processes that were seen until the end, looked for every few milliseconds.</summary>
    private static async Task<HashSet<int>> CollectChildrenAsync(IReadOnlySet<int> parents, CancellationToken end)
    {
        var seen = new HashSet<int>();
        while (!end.IsCancellationRequested)
        {
            seen.UnionWith(Children.Of(parents));
            await Task.Delay(LookInterval, Ct);
        }

        return seen;
    }

    private static async Task AssertRefusedAsync(TestCluster cluster, string name)
    {
        await Assert.ThrowsAnyAsync<ClusterException>(() =>
            cluster.Client.SubmitAsync(new TrainingSpec { Model = name, LearningRate = 0.1f }, cancellationToken: Ct));
        await Assert.ThrowsAnyAsync<ClusterException>(() => cluster.Client.RunOpAsync(new OpSpec { Name = name, A = new([1], [1]) }, cancellationToken: Ct));
    }

    /// <summary>The job; null where it was refused before it was one.</summary>
    private static async Task<JobInfo?> AcceptedAsync(TestCluster cluster, ComputationSpec spec)
    {
        try
        {
            return await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        }
        catch (SpecRejectedException)
        {
            return null;
        }
    }

    // A name that no worker knows: the job would wait for a worker that does.
    private static async Task AssertNotRunAsync(TestCluster cluster, JobInfo job)
    {
        var ended = await cluster.Client.CancelAsync(job.Id, cancellationToken: Ct);
        Assert.Equal((JobState.Cancelled, 0L), (ended.State, ended.Progress.Done));
    }
}
