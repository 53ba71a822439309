using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cluster.Client.State;
using Cluster.Support.Processes;
using Cluster.Support.Servers;

namespace Cluster.EndToEnd;

/// <summary>The app host's program with its local engine: everything comes up with it and goes with it.</summary>
public sealed class AppHostTests : IAsyncLifetime
{
    private const int TestLimit = 300_000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly string _directory = Directory.CreateTempSubdirectory("cluster-aspire-test-").FullName;
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private Process? _runner;
    private Task<string[]> _output = Task.FromResult(Array.Empty<string>());

    private string StateFile => Path.Combine(_directory, "state.json");

    public ValueTask InitializeAsync()
    {
        InstalledServers.Require();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_runner is not null)
        {
            _runner.Kill();
            await _runner.WaitForExitAsync(CancellationToken.None).WaitAsync(StopLimit, CancellationToken.None);
            if (TestContext.Current.TestState?.Result == TestResult.Failed)
                TestContext.Current.TestOutputHelper?.WriteLine(string.Concat(await _output.WaitAsync(StopLimit, CancellationToken.None)));
            _runner.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Terminate_RunningCluster_EverythingIsGone()
    {
        var state = await StartAsync(workers: 2, parameterStores: 1);
        Assert.Equal(["redis", "messaging", "coordinator", "ps-0", "worker-0", "worker-1"], state.Resources.Select(resource => resource.Instance));
        var directories = DirectoriesOf(state);
        CommandLineTests.AssertKnownAnswer(await CommandProcess.RunAsync("services/Cli/Cli.csproj",
            ["pi", "--points", "16777216", "--seed", "42", "--json", "--state-file", StateFile], NoVariables, _ct));

        UnixSignal.Terminate(_runner!.Id);

        Assert.Empty(await LivingAsync(state, directories));
        // The process table sees its end before the process object does.
        await _runner.WaitForExitAsync(_ct).WaitAsync(StopLimit, _ct);
        Assert.Equal(0, _runner.ExitCode);
        Assert.False(File.Exists(StateFile));
        Assert.All(directories, directory => Assert.False(Directory.Exists(directory), directory));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Kill_RunningCluster_LeavesNoProcess()
    {
        var state = await StartAsync(workers: 2, parameterStores: 2);
        var directories = DirectoriesOf(state);

        _runner!.Kill();

        Assert.Empty(await LivingAsync(state, directories));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Kill_ParameterStore_ComesBackUnderItsIndexInANewIncarnation()
    {
        var state = await StartAsync(workers: 1, parameterStores: 2);
        Assert.Equal(["redis", "messaging", "coordinator", "ps-0", "ps-1", "worker-0"], state.Resources.Select(resource => resource.Instance));
        var before = await ParameterStoreTasksAsync(tasks => tasks.Length == 2);
        Assert.Equal(["/job:ps/task:0", "/job:ps/task:1"], before.Select(task => task.Task));
        Assert.Equal(["ps-0", "ps-1"], before.Select(task => task.Instance).Order());
        var victim = before[1];

        using var process = Process.GetProcessById(state.Resources.Single(resource => resource.Instance == victim.Instance).Pid);
        process.Kill();

        var after = await ParameterStoreTasksAsync(tasks => tasks.Any(task => task.Instance == victim.Instance && task.Incarnation != victim.Incarnation));
        Assert.Equal(2, after.Length);
        Assert.Equal(before[0], after[0]);
        Assert.Equal((victim.Task, victim.Instance, victim.Address), (after[1].Task, after[1].Instance, after[1].Address));
        // The runner writes its file when the process answers, which may be after it has its lease.
        var restarted = await Poll.UntilAsync("the state file has the restart",
            () => Task.FromResult(ClusterStateFile.Read(StateFile).Resources.Where(resource => resource.Restarts > 0).Select(resource => resource.Instance).ToArray()),
            instances => instances.Length > 0, StartLimit, _ct);
        Assert.Equal([victim.Instance], restarted);
    }

    private sealed record ListedTask(string Task, string Instance, string Incarnation, string Address);

    /// <summary>The ps tasks as <c>cluster tasks --json</c> lists them.</summary>
    private Task<ListedTask[]> ParameterStoreTasksAsync(Func<ListedTask[], bool> expected) => Poll.UntilAsync("the ps tasks are as expected", async () =>
    {
        var answer = await CommandProcess.RunAsync("services/Cli/Cli.csproj", ["tasks", "--json", "--state-file", StateFile], NoVariables, _ct);
        Assert.True(answer.ExitCode == 0, answer.Error);
        using var json = JsonDocument.Parse(answer.Output);
        return json.RootElement.EnumerateArray().Where(task => task.GetProperty("jobName").GetString() == "ps").Select(Listed).ToArray();
    }, expected, StartLimit, _ct);

    private static ListedTask Listed(JsonElement task)
    {
        string Text(string name) => task.GetProperty(name).GetString()!;
        return new ListedTask(Text("task"), Text("instance"), Text("incarnation"), Text("address"));
    }

    private async Task<ClusterState> StartAsync(int workers, int parameterStores)
    {
        _runner = CommandProcess.Start("AppHost/AppHost.csproj",
            ["--runner", "local", "--require-processes", "--workers", Text(workers), "--parameter-stores", Text(parameterStores), "--state-file", StateFile],
            NoVariables);
        _output = Task.WhenAll(
            _runner.StandardOutput.ReadToEndAsync(CancellationToken.None), _runner.StandardError.ReadToEndAsync(CancellationToken.None));
        await Poll.UntilAsync("the state file is there", () => Task.FromResult(File.Exists(StateFile) || _runner.HasExited),
            there => there, StartLimit, _ct);
        var state = ClusterStateFile.Read(StateFile);
        Assert.All(state.Resources, resource => Assert.True(ProcessTable.IsAlive(resource.Pid), resource.Instance));
        return state;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where the servers keep their data, and Erlang's port mapper works.</summary>
    private static List<string> DirectoriesOf(ClusterState state) =>
    [
        .. state.Resources
            .Where(resource => state.ConnectionStrings.ContainsKey(resource.Name))
            .Select(resource => new FileInfo(FormattableString.Invariant($"/proc/{resource.Pid}/cwd")).LinkTarget!),
    ];

    private Task<IReadOnlyList<int>> LivingAsync(ClusterState state, List<string> directories)
    {
        int[] pids = [_runner!.Id, .. state.Resources.Select(resource => resource.Pid)];
        return ProcessTable.LivingAfterAsync(
            () => pids.Where(ProcessTable.IsAlive).Concat(directories.SelectMany(ProcessTable.WorkingIn)), StopLimit, _ct);
    }
}
