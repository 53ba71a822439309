using System.Diagnostics;
using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Tests.Processes;
using Cluster.Client;
using Cluster.Client.Discovery;
using Cluster.Client.Jobs;
using Cluster.Client.State;
using Cluster.Contracts.Jobs;
using Cluster.CudaDouble;

namespace Cluster.AppHost.Tests;

/// <summary>The app host as a user starts it: what it says, and what it leaves behind.</summary>
public sealed class AppHostProcessTests : IDisposable
{
    private const int TestLimit = 300_000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("cluster-aspire-test-");
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public void Dispose() => _home.Delete(recursive: true);

    [Fact(Timeout = TestLimit)]
    public async Task Interrupt_TwoClustersSideBySide_EachEndsWithAllThatItStarted()
    {
        InstalledServers.Require();
        await using var lasting = Start("--servers", "executables", "--workers", "1", "--data-dir", Path.Combine(_home.FullName, "data"));
        await using var ephemeral = Start("--servers", "executables", "--workers", "1", "--ephemeral");
        foreach (var host in (AppHostProcess[])[lasting, ephemeral])
        {
            await host.UntilAsync("Ctrl+C stops everything", StartLimit, _ct);
            Assert.Contains($"/login?t=", host.Output, StringComparison.Ordinal);
            await using var cluster = ClusterClient.Connect(ClusterLookup.FromStateFile(StateFile(host)));
            Assert.Equal(1572, (await cluster.RunPiAsync(new PiSpec { Points = 2000, Seed = 42 }, cancellationToken: _ct)).Inside);
        }

        var states = ((AppHostProcess[])[lasting, ephemeral]).Select(host => ClusterStateFile.Read(StateFile(host))).ToList();
        Assert.Empty(states[0].Resources.SelectMany(each => each.Endpoints.Values).Intersect(states[1].Resources.SelectMany(each => each.Endpoints.Values)));
        var servers = states.SelectMany(state => state.Resources).Where(each => each.Pid > 0 && each.Name is "redis" or "messaging").Select(each => WorkingDirectory(each.Pid)).ToList();

        foreach (var host in (AppHostProcess[])[lasting, ephemeral])
        {
            host.Interrupt();
            Assert.True(await host.ExitAsync(_ct) == ExitCodes.Ok, host.Output);
            Assert.False(File.Exists(StateFile(host)));
        }

        Assert.Empty(await ProcessTable.LivingAfterAsync(() => servers.SelectMany(ProcessTable.WorkingIn).Concat(ProcessTable.WorkingIn(_home.FullName)), StopLimit, _ct));
        Assert.Equal([true, false], ((string[])[servers[0], servers[2]]).Select(Directory.Exists));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Kill_AppHost_LeavesNoProcessAndItsDataCanBeUsedAgain()
    {
        InstalledServers.Require();
        string[] args = ["--servers", "executables", "--workers", "1", "--data-dir", Path.Combine(_home.FullName, "data")];
        string? job;
        await using (var first = Start(args))
        {
            await first.UntilAsync("Ctrl+C stops everything", StartLimit, _ct);
            await using var cluster = ClusterClient.Connect(ClusterLookup.FromStateFile(StateFile(first)));
            job = (await cluster.SubmitAsync(new PiSpec { Points = 2000, Seed = 42 }, cancellationToken: _ct)).Id;
            await cluster.WaitAsync(job, cancellationToken: _ct);

            first.Kill();
            await first.ExitAsync(_ct);
        }

        await using var second = Start(args);
        await second.UntilAsync("Ctrl+C stops everything", StartLimit, _ct);
        await using var again = ClusterClient.Connect(ClusterLookup.FromStateFile(StateFile(second)));
        Assert.Equal(JobState.Succeeded, (await again.GetJobAsync(job, _ct)).State);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_DataFolderInUse_IsRefusedByName()
    {
        using var data = Data.DataFolder.Open(Path.Combine(_home.FullName, "data"), isEphemeral: false);
        InstalledServers.Require();
        await using var host = Start("--servers", "executables", "--data-dir", data.Path);

        Assert.Equal(ExitCodes.Failed, await host.ExitAsync(_ct));
        Assert.Contains($"data folder {data.Path}: is in use by another app host", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_DashboardsPortTaken_SaysWhichAndByWhatSetting()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        await using var host = AppHostProcess.Start(_home.FullName, new Dictionary<string, string> { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" }, "--servers", "embedded");

        Assert.Equal(ExitCodes.Failed, await host.ExitAsync(_ct));
        Assert.Contains($"ASPNETCORE_URLS: 'http://127.0.0.1:{port}': somebody listens at port {port} already", host.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_NoContainerEngine_SaysSoWhereOneIsAskedFor()
    {
        await using var host = AppHostProcess.Start(_home.FullName, new Dictionary<string, string> { ["ASPIRE_CONTAINER_RUNTIME"] = "no-such-engine" }, "--servers", "containers");

        Assert.Equal(ExitCodes.NoServers, await host.ExitAsync(_ct));
        Assert.Contains("--servers containers: no container engine answers", host.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_Embedded_RunsStandaloneAsTheOnlyResourceAndSaysHowToHaveMore()
    {
        await using var host = Start("--servers", "embedded", "--workers", "2", "--parameter-stores", "9");

        await host.UntilAsync("Ctrl+C stops everything", StartLimit, _ct);

        Assert.Contains("sudo apt-get install redis-server rabbitmq-server", host.Output, StringComparison.Ordinal);
        Assert.Contains("--parameter-stores: 9: Standalone has at most 8, and starts those", host.Output, StringComparison.Ordinal);
        await using var cluster = ClusterClient.Connect(ClusterLookup.FromStateFile(Assert.Single(Directory.GetFiles(Path.Combine(_home.FullName, "cluster-aspire"), "*.json"))));
        Assert.Equal(1572, (await cluster.RunPiAsync(new PiSpec { Points = 2000, Seed = 42 }, cancellationToken: _ct)).Inside);
        host.Interrupt();
        Assert.Equal(ExitCodes.Ok, await host.ExitAsync(_ct));
        Assert.Empty(Directory.GetFiles(Path.Combine(_home.FullName, "cluster-aspire"), "*.json"));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_GpuWorkersOnTwoGpus_EachHasOneAndTheOthersNone()
    {
        InstalledServers.Require();
        var driver = CudaDoubleDriver.TryBuild(out var reason);
        Assert.SkipWhen(driver is null, reason);
        await using var host = AppHostProcess.Start(_home.FullName, new Dictionary<string, string>(CudaDoubleDriver.Environment(driver!, "devices=2")),
            "--servers", "executables", "--ephemeral", "--workers", "1", "--gpu-workers", "2");

        await host.UntilAsync("Ctrl+C stops everything", StartLimit, _ct);

        await using var cluster = ClusterClient.Connect(ClusterLookup.FromStateFile(StateFile(host)));
        var gpus = (await cluster.ListTasksAsync(_ct)).Where(task => task.JobName == "worker").Select(task => task.Devices.Count(device => device.Name.Contains("GPU", StringComparison.Ordinal)));
        Assert.Equal([0, 1, 1], gpus.Order());
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_GpuWorkersWithoutAGpu_SaysSoAndTheOthersWork()
    {
        InstalledServers.Require();
        await using var host = AppHostProcess.Start(_home.FullName, new Dictionary<string, string> { [CudaDoubleDriver.DriverVariable] = "/nowhere/libcuda.so" },
            "--servers", "executables", "--ephemeral", "--workers", "1", "--gpu-workers", "1");

        await host.UntilAsync("Ctrl+C stops everything", StartLimit, _ct);

        Assert.Matches("worker-gpu-[a-z]+ does not run: .*Worker__Gpus.*", host.Output);
        await using var cluster = ClusterClient.Connect(ClusterLookup.FromStateFile(StateFile(host)));
        Assert.Equal(1572, (await cluster.RunPiAsync(new PiSpec { Points = 2000, Seed = 42 }, cancellationToken: _ct)).Inside);
    }

    private AppHostProcess Start(params string[] args) => AppHostProcess.Start(_home.FullName, NoVariables, args);

    private string StateFile(AppHostProcess host) => Path.Combine(_home.FullName, "cluster-aspire", $"{host.Id}.json");

    private static string WorkingDirectory(int pid) => new FileInfo(FormattableString.Invariant($"/proc/{pid}/cwd")).LinkTarget!;
}
