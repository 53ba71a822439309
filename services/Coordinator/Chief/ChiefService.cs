using Cluster.Contracts.Devices;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Registry;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Chief;

/// <summary>
/// Takes the office of chief when its lease is free, runs the open jobs while it has it, and stops them when another took
/// over. A coordinator without the office stands by.
/// </summary>
internal sealed class ChiefService(
    RedisRegistry registry, ChiefOffice office, JobRunners runners, IServiceProvider services, IConfiguration configuration,
    IOptions<CoordinatorOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ChiefService> logger)
    : BackgroundService
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.WaitForStartAsync(stoppingToken);
            var entry = Describe();
            for (var life = 0; ; life++)
            {
                // One that lost the office does not take it back from its namesake: it stands by under a new name.
                var instance = ProcessInstance.Name(configuration) + (life == 0 ? "" : $"~{life}");
                var request = new LeaseRequest(JobNames.Chief, instance, MaxTasks: 1);
                await using var lease = await TaskLease.AcquireAsync(registry, request, () => entry, time, logger, stoppingToken);
                await ServeAsync(lease, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task ServeAsync(TaskLease lease, CancellationToken stoppingToken)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, stoppingToken);
        office.Enter(lease.Grant.Token);
        try
        {
            while (true)
            {
                await SweepAsync(lease.Grant.Token, term.Token);
                await Task.Delay(SweepPeriod, time, term.Token);
            }
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested)
        {
            // Another is chief now: stand by.
        }
        finally
        {
            office.Leave();
            await term.CancelAsync();
            await runners.StopAsync();
        }
    }

    // The first sweep resumes what an earlier chief left; later ones find submissions whose caller went away in between.
    private async Task SweepAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            await runners.AdoptOpenAsync(token, cancellationToken);
        }
        catch (Exception e) when (RedisErrors.IsTransient(e))
        {
            ChiefLog.SweepFailed(logger, e.Message);
        }
    }

    private TaskEntry Describe() => new()
    {
        Address = options.Value.AdvertisedAddress ?? ServerAddress.Grpc(services).Authority,
        StartedAt = time.GetUtcNow(),
        Ready = true,
    };
}
