using Cluster.Client;
using Cluster.Coordinator;
using Cluster.Models;
using Cluster.Standalone.Embedded;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Cluster.Standalone.Tests.Training;

/// <summary>An embedded cluster of three workers and two ps tasks whose segments are short, so that a short job has several.</summary>
public sealed class TrainingFixture : IAsyncLifetime
{
    public EmbeddedCluster Cluster { get; private set; } = null!;

    public ClusterClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Cluster = await StartAsync(workers: 3, parameterStores: 2);
        Client = ClusterClient.Connect(Cluster.Connection);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    /// <summary>A cluster of a test's own.</summary>
    public static Task<EmbeddedCluster> StartAsync(int workers, int parameterStores) => EmbeddedCluster.StartAsync(
        new EmbeddedClusterOptions { Workers = workers, ParameterStores = parameterStores, Configure = Configure }, TestContext.Current.CancellationToken);

    /// <summary>The keys with this beginning.</summary>
    public async Task<HashSet<string>> KeysAsync(string beginning)
    {
        var keys = new HashSet<string>();
        var server = Cluster.Services.GetRequiredService<IConnectionMultiplexer>().GetServers().Single();
        await foreach (var key in server.KeysAsync(pattern: beginning + "*", pageSize: 1000).WithCancellation(TestContext.Current.CancellationToken))
            keys.Add(key!);
        return keys;
    }

    private static void Configure(IServiceCollection services)
    {
        services.AddModel<ThrowingModelFactory>();
        services.Configure<CoordinatorOptions>(options =>
        {
            options.SegmentDuration = options.LongestSegment = TimeSpan.FromMilliseconds(100);
            options.LaneGrace = TimeSpan.FromSeconds(1);
        });
    }
}
