using System.Diagnostics;
using System.Text.Json;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd;

/// <summary>Whoever submits a job learns its id, however many do so and however slow the cluster is; and who waits is told.</summary>
public sealed class SubmissionTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private const string Project = "services/Cli/Cli.csproj";
    private const int Processes = 30;

    private static readonly TestClusterOptions Options = new() { Links = true };

    [Theory(Timeout = TestLimit)]
    [InlineData(0)]
    [InlineData(400)]
    public async Task Submit_ManyProcessesAtOnce_EachLearnsItsJob(int redisDelay)
    {
        var cluster = await ShareClusterAsync(Options);
        var before = (await cluster.Client.ListJobsAsync(1000, Ct)).Select(job => job.Id).ToHashSet();
        cluster.Links!.Redis.Delay = TimeSpan.FromMilliseconds(redisDelay);

        var answers = await Task.WhenAll(Enumerable.Range(0, Processes).Select(seed => CommandProcess.RunAsync(
            Project, ["pi", "--points", "1000", "--seed", $"{seed}", "--detach", "--json"], EnvironmentOf(cluster), Ct, Limit)));

        cluster.Links.Redis.Delay = TimeSpan.Zero;
        Assert.All(answers, answer => Assert.True(answer.ExitCode == 0, $"exit code {answer.ExitCode}: {answer.Error}"));
        var ids = answers.Select(answer => JsonElement.Parse(answer.Output).GetProperty("job").GetString()!);
        var jobs = (await cluster.Client.ListJobsAsync(1000, Ct)).Select(job => job.Id).Where(id => !before.Contains(id));
        Assert.Equal(jobs.Order(), ids.Order());
        await cluster.UntilWholeAsync(Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_RedisIsSlowerThanTheClientWaits_IsFoundByItsKey()
    {
        const string key = "found-by-its-key";
        var cluster = await ShareClusterAsync(Options);
        await using var client = ClusterClient.Connect(cluster.Connection, new ClusterClientOptions { ReconnectTimeout = TimeSpan.FromMilliseconds(500) });
        cluster.Links!.Redis.Delay = TimeSpan.FromMilliseconds(400);

        var error = await Assert.ThrowsAsync<SubmissionUnknownException>(() => client.SubmitAsync(new PiSpec { Points = 1000 }, key, Ct));

        Assert.Equal(key, error.Key);
        var job = await Poll.UntilAsync("the job is there", () => cluster.Client.FindJobAsync(key, Ct), found => found is not null, Limit, Ct);
        cluster.Links.Redis.Delay = TimeSpan.Zero;
        Assert.Equal(job!.Id, (await cluster.Client.SubmitAsync(new PiSpec { Points = 1000 }, key, Ct)).Id);
        var answer = await CommandProcess.RunAsync(Project, ["jobs", "--key", key, "--json"], EnvironmentOf(cluster), Ct);
        Assert.Equal((job.Id, key), (Text(answer, "job"), Text(answer, "key")));
        await cluster.UntilWholeAsync(Ct);

        static string Text(CommandAnswer answer, string name)
            => Assert.Single(JsonElement.Parse(answer.Output).EnumerateArray()).GetProperty(name).GetString()!;
    }

    [Fact(Timeout = TestLimit)]
    public async Task AnyCommand_CoordinatorIsStopped_SaysSoAndGoesOn()
    {
        var cluster = await ShareClusterAsync(Options);
        var job = await cluster.Client.SubmitAsync(new PiSpec { Points = 1000 }, cancellationToken: Ct);
        string[][] commands = [["pi", "--points", "1000", "--detach"], ["jobs"], ["watch", job.Id], ["data", "list"], ["tasks"]];
        foreach (var command in commands)
        {
            cluster.Coordinator.Suspend();
            using var process = CommandProcess.Start(Project, [.. command, "--json"], EnvironmentOf(cluster));
            try
            {
                await UntilNoticedAsync(process).WaitAsync(Limit, Ct);
                cluster.Coordinator.Resume();

                var (exitCode, output) = await EndAsync(process);
                Assert.Equal((command[0], 0), (command[0], exitCode));
                Assert.NotEqual(JsonValueKind.Undefined, JsonElement.Parse(output).ValueKind);
            }
            finally
            {
                cluster.Coordinator.Resume();
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
        }

        await cluster.UntilWholeAsync(Ct);
    }

    private static async Task UntilNoticedAsync(Process process)
    {
        while (await process.StandardError.ReadLineAsync(Ct) is { } line)
            if (line.StartsWith(CommandProcess.Notice, StringComparison.Ordinal)) return;
        throw new EndOfStreamException("the command ended without a notice");
    }

    private static async Task<(int ExitCode, string Output)> EndAsync(Process process)
    {
        var error = process.StandardError.ReadToEndAsync(Ct);
        var output = await process.StandardOutput.ReadToEndAsync(Ct).WaitAsync(Limit, Ct);
        await error.WaitAsync(Limit, Ct);
        await process.WaitForExitAsync(Ct).WaitAsync(Limit, Ct);
        return (process.ExitCode, output);
    }

    private static Dictionary<string, string> EnvironmentOf(TestCluster cluster) => new()
    {
        ["CLUSTER_ADDRESS"] = cluster.Connection.Address.ToString(),
        ["CLUSTER_KEY"] = cluster.Connection.Key,
    };
}
