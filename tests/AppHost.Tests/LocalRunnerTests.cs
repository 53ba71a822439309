using System.Net.Http.Json;
using Cluster.AppHost.Tests.Processes;
using Cluster.Client.State;
using Cluster.LocalHosting.Processes;

namespace Cluster.AppHost.Tests;

/// <summary>The runner and its services as real processes.</summary>
public sealed class LocalRunnerTests
{
    private static readonly HttpClient Http = new() { Timeout = RunnerProcess.Limit };

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public LocalRunnerTests()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("the process tests read /proc");
    }

    [Fact]
    public async Task Run_EverythingUp_StateNamesWhatRuns()
    {
        await using var runner = RunnerProcess.Start();

        var state = await runner.UpAsync(_ct);

        Assert.Equal(["alpha", "beta-0", "beta-1"], state.Resources.Select(resource => resource.Instance));
        Assert.All(state.Resources, resource => Assert.True(ProcessTable.IsAlive(resource.Pid)));
        Assert.Equal(state.Resources[0].Endpoints["grpc"], state.Coordinator);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode(runner.StateFile));
        foreach (var resource in state.Resources)
            Assert.Equal($"service.instance.id={resource.Instance}", (await EnvironmentOfAsync(resource))["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.Equal(state.Key, (await EnvironmentOfAsync(state.Resources[0]))["CLUSTER_KEY"]);
        Assert.Equal(state.Coordinator, (await EnvironmentOfAsync(state.Resources[1]))["services__alpha__grpc__0"]);
    }

    [Fact]
    public async Task Run_ChildKilled_IsStartedAgainAtItsAddress()
    {
        await using var runner = RunnerProcess.Start();
        var before = (await runner.UpAsync(_ct)).Resources[2];

        UnixSignal.KillGroup(before.Pid);
        var said = await runner.LineAsync("restart 1 in", _ct);
        await runner.LineAsync("beta-1 is up again", _ct);

        Assert.Contains("beta-1 ended with exit code 137", said, StringComparison.Ordinal);
        var after = runner.State().Resources[2];
        Assert.True(after.Restarts == 1, string.Join('\n', [$"{after.Restarts} restarts", .. runner.Lines]));
        Assert.NotEqual(before.Pid, after.Pid);
        Assert.Equal(before.Endpoints, after.Endpoints);
        Assert.Equal("service.instance.id=beta-1", (await EnvironmentOfAsync(after))["OTEL_RESOURCE_ATTRIBUTES"]);
    }

    [Fact]
    public async Task Terminate_ObedientChildren_LeavesNothing()
    {
        await using var runner = RunnerProcess.Start();
        await runner.UpAsync(_ct);

        runner.Terminate();

        Assert.Equal(0, await runner.ExitAsync(_ct));
        Assert.Empty(await runner.LeftoversAsync(TimeSpan.Zero, _ct));
        Assert.False(File.Exists(runner.StateFile));
    }

    [Fact]
    public async Task Terminate_ChildThatIgnoresIt_IsKilledAfterTheDrain()
    {
        await using var runner = RunnerProcess.Start(TestService.IgnoreTerm);
        await runner.UpAsync(_ct);

        runner.Terminate();

        Assert.Equal(0, await runner.ExitAsync(_ct));
        Assert.Empty(await runner.LeftoversAsync(TimeSpan.Zero, _ct));
    }

    [Fact]
    public async Task Terminate_Twice_KillsEverythingAtOnce()
    {
        await using var runner = RunnerProcess.Start(TestService.IgnoreTerm);
        await runner.UpAsync(_ct);

        runner.Terminate();
        await runner.LineAsync("stopping", _ct);
        var exit = runner.ExitAsync(_ct);
        // The first of these may count as the echo of the signal above.
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (!exit.IsCompleted && await again.WaitForNextTickAsync(_ct))
            runner.Terminate();

        Assert.Equal(130, await exit);
        Assert.Empty(await runner.LeftoversAsync(RunnerProcess.Limit, _ct));
        Assert.False(File.Exists(runner.StateFile));
    }

    [Fact]
    public async Task Kill_Runner_ItsChildrenEnd()
    {
        await using var runner = RunnerProcess.Start(TestService.IgnoreTerm);
        await runner.UpAsync(_ct);

        runner.Kill();

        Assert.Empty(await runner.LeftoversAsync(RunnerProcess.Limit, _ct));
    }

    [Fact]
    public async Task Run_ProjectNotBuilt_SaysSoAndFails()
    {
        await using var runner = RunnerProcess.Start(TestRunner.Unbuilt);

        await runner.LineAsync("Nothing has not been built: there is no ", _ct);

        Assert.Equal(1, await runner.ExitAsync(_ct));
    }

    [Fact]
    public async Task KillRunner_WithServers_LeavesNeitherProcessesNorData()
    {
        InstalledServers.Require();
        await using var runner = RunnerProcess.Start(TestRunner.Servers);
        var state = await runner.UpAsync(_ct);
        Assert.Equal(["messaging", "redis"], state.ConnectionStrings.Keys.Order());
        var directories = InstalledServers.DirectoriesOf(state);
        Assert.Equal(2, directories.Count);

        runner.Kill();

        Assert.Empty(await runner.LeftoversAsync(RunnerProcess.Limit, _ct));
        Assert.Empty(await ProcessTable.LivingAfterAsync(() => directories.SelectMany(ProcessTable.WorkingIn), RunnerProcess.Limit, _ct));
        Assert.All(directories, directory => Assert.False(Directory.Exists(directory)));
    }

    [Fact]
    public async Task Run_WithServers_RestartsAKilledServerAndStops()
    {
        InstalledServers.Require();
        await using var runner = RunnerProcess.Start(TestRunner.Servers);
        var state = await runner.UpAsync(_ct);
        var directories = InstalledServers.DirectoriesOf(state);

        UnixSignal.KillGroup(state.Resources.Single(resource => resource.Name == "redis").Pid);
        await runner.LineAsync("redis is up again", _ct);
        var restarted = runner.State();
        Assert.Equal(1, restarted.Resources.Single(resource => resource.Name == "redis").Restarts);
        Assert.Equal(state.ConnectionStrings, restarted.ConnectionStrings);
        runner.Terminate();

        Assert.Equal(0, await runner.ExitAsync(_ct));
        Assert.Empty(await ProcessTable.LivingAfterAsync(() => directories.SelectMany(ProcessTable.WorkingIn), RunnerProcess.Limit, _ct));
        Assert.All(directories, directory => Assert.False(Directory.Exists(directory)));
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private async Task<Dictionary<string, string>> EnvironmentOfAsync(ClusterResource resource) =>
        (await Http.GetFromJsonAsync<Dictionary<string, string>>(resource.Endpoints["http"] + "/environment", _ct))!;
}
