using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cluster.AppHost.Servers;
using Cluster.Support.Processes;
using Cluster.Support.Servers;

namespace Cluster.EndToEnd;

/// <summary>The command line as a process against a cluster of processes.</summary>
public sealed partial class CommandLineTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private const string Project = "services/Cli/Cli.csproj";

    [Fact(Timeout = TestLimit)]
    public async Task Commands_AgainstACluster_AnswerInJsonAndWithTheirExitCodes()
    {
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var environment = new Dictionary<string, string>
        {
            ["CLUSTER_ADDRESS"] = cluster.Connection.Address.ToString(),
            ["CLUSTER_KEY"] = cluster.Connection.Key,
        };

        AssertKnownAnswer(await RunAsync(environment, "pi", "--points", "16777216", "--seed", "42", "--json"));
        await AssertTasksAsync(cluster, await RunAsync(environment, "tasks", "--json"));
        await AssertSpecAsync(cluster, await RunAsync(environment, "spec", "--json"));

        environment["CLUSTER_KEY"] = "not the key of this cluster".Replace(' ', '-');
        AssertRefusal(4, await RunAsync(environment, "tasks", "--json"));
        environment["CLUSTER_ADDRESS"] = FormattableString.Invariant($"http://127.0.0.1:{LoopbackPorts.Take()}");
        AssertRefusal(3, await RunAsync(environment, "tasks", "--json"));
    }

    /// <summary>One line of exactly the documented form, and nothing else.</summary>
    internal static void AssertKnownAnswer(CommandAnswer answer)
    {
        Assert.True(answer.ExitCode == 0, $"exit code {answer.ExitCode}: {answer.Error}");
        var line = KnownAnswer().Match(answer.Output);
        Assert.True(line.Success, answer.Output);
        Assert.Equal(4.0 * 13_175_839 / 16_777_216, double.Parse(line.Groups["pi"].Value, CultureInfo.InvariantCulture));
    }

    private static Task<CommandAnswer> RunAsync(Dictionary<string, string> environment, params string[] arguments)
        => CommandProcess.RunAsync(Project, arguments, environment, Ct);

    private static void AssertRefusal(int exitCode, CommandAnswer answer)
    {
        Assert.Equal(exitCode, answer.ExitCode);
        Assert.Empty(answer.Output);
        Assert.Single(answer.Error.TrimEnd('\n').Split('\n'), line => line.Length > 0);
    }

    private static async Task AssertTasksAsync(TestCluster cluster, CommandAnswer answer)
    {
        Assert.Equal(0, answer.ExitCode);
        using var json = JsonDocument.Parse(answer.Output);
        var expected = (await cluster.Client.ListTasksAsync(Ct)).Select(task => (task.Name, task.Instance, task.Incarnation)).Order();
        Assert.Equal(expected, json.RootElement.EnumerateArray()
            .Select(task => (Text(task, "task"), Text(task, "instance"), Text(task, "incarnation"))).Order());
    }

    private static async Task AssertSpecAsync(TestCluster cluster, CommandAnswer answer)
    {
        Assert.Equal(0, answer.ExitCode);
        using var json = JsonDocument.Parse(answer.Output);
        var workers = json.RootElement.GetProperty("worker").EnumerateArray().Select(address => address.GetString());
        Assert.Equal((await cluster.WorkerTasksAsync(Ct)).OrderBy(task => task.Index).Select(task => task.Address), workers);
        var stores = json.RootElement.GetProperty("ps").EnumerateArray().Select(address => address.GetString());
        Assert.Equal((await cluster.ParameterStoreTasksAsync(Ct)).OrderBy(task => task.Index).Select(task => task.Address), stores);
        Assert.Equal(cluster.Connection.Address.Authority, json.RootElement.GetProperty("chief")[0].GetString());
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    [GeneratedRegex("""\A\{"job":"[^"]+","seed":42,"points":16777216,"inside":13175839,"pi":(?<pi>[0-9.]+),"seconds":[0-9.]+\}\n\z""")]
    private static partial Regex KnownAnswer();
}
