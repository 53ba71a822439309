using System.Diagnostics;
using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Tests.Processes;
using Cluster.Client;
using Cluster.Client.Discovery;
using Cluster.Client.Jobs;
using Cluster.Client.State;
using Cluster.Contracts.Jobs;
using Cluster.CudaDouble;
using Cluster.Support.Processes;

namespace Cluster.AppHost.Tests;

/// <summary>The app host as a user starts it: what it says, and what it leaves behind.</summary>
public sealed class AppHostProcessTests : IDisposable
{
    private const int TestLimit = 300_000;
    private const string IsUp = "Ctrl+C stops everything";
    private static readonly PiSpec Pi = new() { Points = 2000, Seed = 42 };
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("cluster-aspire-test-");
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public void Dispose() => _home.Delete(recursive: true);

    [Fact(Timeout = TestLimit)]
    public async Task KillAndInterrupt_ClustersSideBySide_EachEndsWithAllThatItStartedAndOneHasTheStateOfTheKilledTheOtherAWorkerWithoutItsGpu()
    {
        InstalledServers.Require();
        string[] args = ["--servers", "executables", "--workers", "1", "--data-dir", Path.Combine(_home.FullName, "data")];
        var job = await KillAsync(args);

        await using var lasting = Start(args);
        await using var ephemeral = AppHostProcess.Start(_home.FullName,
            new Dictionary<string, string> { [CudaDoubleDriver.DriverVariable] = "/nowhere/libcuda.so" },
            "--servers", "executables", "--workers", "1", "--gpu-workers", "1", "--ephemeral");
        var states = new List<ClusterState>();
        foreach (var host in (AppHostProcess[])[lasting, ephemeral])
        {
            await host.UntilAsync(IsUp, StartLimit, _ct);
            Assert.Contains("/login?t=", host.Output, StringComparison.Ordinal);
            await using var cluster = Connect(host);
            Assert.Equal(1572, (await cluster.RunPiAsync(Pi, cancellationToken: _ct)).Inside);
            states.Add(ClusterStateFile.Read(StateFile(host)));
        }

        // A GPU that is not there: it is said, and the other worker has done the job.
        Assert.Matches("worker-gpu-[a-z]+ does not run: .*Worker__Gpus.*", ephemeral.Output);
        await using (var again = Connect(lasting)) Assert.Equal(JobState.Succeeded, (await again.GetJobAsync(job, _ct)).State);
        Assert.Empty(states[0].Resources.SelectMany(each => each.Endpoints.Values).Intersect(states[1].Resources.SelectMany(each => each.Endpoints.Values)));
        var folders = states.Select(state => WorkingDirectory(state.Resources.Single(each => each.Name == "redis").Pid)).ToList();

        foreach (var host in (AppHostProcess[])[lasting, ephemeral])
        {
            host.Interrupt();
            Assert.True(await host.ExitAsync(_ct) == ExitCodes.Ok, host.Output);
            Assert.False(File.Exists(StateFile(host)));
        }

        // Redis, RabbitMQ and Erlang's port mapper work in the data folders, services in the caller's.
        var roots = folders.Select(folder => Path.GetDirectoryName(folder)!).Append(_home.FullName).ToList();
        Assert.Empty(await ProcessTable.LivingAfterAsync(() => roots.SelectMany(ProcessTable.WorkingIn), StopLimit, _ct));
        Assert.Equal([true, false], folders.Select(Directory.Exists));
    }

    /// <summary>Starts a cluster, has it do a job, and kills its app host.</summary>
    private async Task<string> KillAsync(string[] args)
    {
        await using var host = Start(args);
        await host.UntilAsync(IsUp, StartLimit, _ct);
        await using var cluster = Connect(host);
        var job = (await cluster.SubmitAsync(Pi, cancellationToken: _ct)).Id;
        await cluster.WaitAsync(job, cancellationToken: _ct);
        host.Kill();
        await host.ExitAsync(_ct);
        return job;
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
        await using var host = AppHostProcess.Start(_home.FullName, new Dictionary<string, string> { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" },
            "--servers", "embedded");

        Assert.Equal(ExitCodes.Failed, await host.ExitAsync(_ct));
        Assert.Contains($"ASPNETCORE_URLS: 'http://127.0.0.1:{port}': somebody listens at port {port} already", host.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_NoContainerEngine_SaysSoWhereOneIsAskedFor()
    {
        await using var host = AppHostProcess.Start(_home.FullName, new Dictionary<string, string> { ["ASPIRE_CONTAINER_RUNTIME"] = "no-such-engine" },
            "--servers", "containers");

        Assert.Equal(ExitCodes.NoServers, await host.ExitAsync(_ct));
        Assert.Contains("--servers containers: no container engine answers", host.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_Embedded_RunsStandaloneAsTheOnlyResourceAndSaysHowToHaveMore()
    {
        await using var host = Start("--servers", "embedded", "--workers", "2", "--parameter-stores", "9");

        await host.UntilAsync(IsUp, StartLimit, _ct);

        Assert.Contains("sudo apt-get install redis-server rabbitmq-server", host.Output, StringComparison.Ordinal);
        Assert.Contains("--parameter-stores: 9: Standalone has at most 8, and starts those", host.Output, StringComparison.Ordinal);
        await using var cluster = ClusterClient.Connect(
            ClusterLookup.FromStateFile(Assert.Single(Directory.GetFiles(Path.Combine(_home.FullName, "cluster-aspire"), "*.json"))));
        Assert.Equal(1572, (await cluster.RunPiAsync(Pi, cancellationToken: _ct)).Inside);
        host.Interrupt();
        Assert.Equal(ExitCodes.Ok, await host.ExitAsync(_ct));
        Assert.Empty(Directory.GetFiles(Path.Combine(_home.FullName, "cluster-aspire"), "*.json"));
    }

    private AppHostProcess Start(params string[] args) => AppHostProcess.Start(_home.FullName, NoVariables, args);

    private ClusterClient Connect(AppHostProcess host) => ClusterClient.Connect(ClusterLookup.FromStateFile(StateFile(host)));

    private string StateFile(AppHostProcess host) => Path.Combine(_home.FullName, "cluster-aspire", $"{host.Id}.json");

    private static string WorkingDirectory(int pid) => new FileInfo(FormattableString.Invariant($"/proc/{pid}/cwd")).LinkTarget!;
}
