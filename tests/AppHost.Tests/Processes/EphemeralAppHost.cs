using Cluster.Client;
using Cluster.Client.Discovery;
using Cluster.CudaDouble;

namespace Cluster.AppHost.Tests.Processes;

/// <summary>
/// One app host for the tests that only look at a running cluster, started by the first of them: two workers, and where the
/// test double of the CUDA driver can be built, two workers with a GPU each.
/// </summary>
public sealed class EphemeralAppHost : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(150);

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("cluster-aspire-test-");
    private AppHostProcess? _host;

    /// <summary>The app host, which says that everything runs.</summary>
    internal async Task<AppHostProcess> StartAsync(CancellationToken cancellationToken)
    {
        InstalledServers.Require();
        _host ??= Start();
        await _host.UntilAsync("Ctrl+C stops everything", StartLimit, cancellationToken);
        return _host;
    }

    internal ClusterClient Connect() => ClusterClient.Connect(ClusterLookup.FromStateFile(Path.Combine(_home.FullName, "cluster-aspire", $"{_host!.Id}.json")));

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _home.Delete(recursive: true);
    }

    private AppHostProcess Start()
    {
        string[] args = ["--servers", "executables", "--ephemeral", "--workers", "2"];
        return CudaDoubleDriver.TryBuild(out _) is { } driver
            ? AppHostProcess.Start(_home.FullName, CudaDoubleDriver.Environment(driver, "devices=2"), [.. args, "--gpu-workers", "2"])
            : AppHostProcess.Start(_home.FullName, new Dictionary<string, string>(), args);
    }
}

/// <summary>The tests that share the app host, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class EphemeralAppHostTests : ICollectionFixture<EphemeralAppHost>
{
    internal const string Name = "the ephemeral app host";
}
