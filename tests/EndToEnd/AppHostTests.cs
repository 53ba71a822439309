using System.Diagnostics;
using Cluster.AppHost.Tests.Processes;
using Cluster.Client.State;
using Cluster.EndToEnd.Processes;
using Cluster.LocalHosting.Processes;

namespace Cluster.EndToEnd;

/// <summary>The app host's program with its local engine: everything comes up with it and goes with it.</summary>
public sealed class AppHostTests : IAsyncLifetime
{
    private const int TestLimit = 300_000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
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
    public async Task Terminate_RunningCluster_EverythingIsGoneWithinTenSeconds()
    {
        var state = await StartAsync();
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
        var state = await StartAsync();
        var directories = DirectoriesOf(state);

        _runner!.Kill();

        Assert.Empty(await LivingAsync(state, directories));
    }

    private async Task<ClusterState> StartAsync()
    {
        _runner = CommandProcess.Start("AppHost/AppHost.csproj",
            ["--runner", "local", "--require-processes", "--workers", "2", "--state-file", StateFile], NoVariables);
        _output = Task.WhenAll(
            _runner.StandardOutput.ReadToEndAsync(CancellationToken.None), _runner.StandardError.ReadToEndAsync(CancellationToken.None));
        await Poll.UntilAsync("the state file is there", () => Task.FromResult(File.Exists(StateFile) || _runner.HasExited),
            there => there, StartLimit, _ct);
        var state = ClusterStateFile.Read(StateFile);
        Assert.Equal(["redis", "messaging", "coordinator-0", "worker-0", "worker-1"], state.Resources.Select(resource => resource.Instance));
        Assert.All(state.Resources, resource => Assert.True(ProcessTable.IsAlive(resource.Pid), resource.Instance));
        return state;
    }

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
