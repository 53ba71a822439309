using Cluster.Models;
using Cluster.Protocol.Messages;
using Cluster.ServiceDefaults.Redis;
using Cluster.ServiceDefaults.Security;
using Cluster.Storage;
using Cluster.Storage.Registry;
using Cluster.Worker.Deadlines;
using Cluster.Worker.Slots;
using Cluster.Worker.Tests.Slots;
using Cluster.Worker.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Cluster.Worker.Tests.Training.Cluster;

/// <summary>A worker process with one slot and without a broker: the code under the consumers.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ServiceProvider _services;
    private readonly WorkerTask _task;
    private Task _lease = Task.CompletedTask;

    private TestWorker(IConnectionMultiplexer redis, string key, Action<IServiceCollection>? configure, SlotDevice? device)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [ClusterKey.Variable] = key }).Build();
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics().AddSingleton(configuration).AddSingleton(TimeProvider.System).AddSingleton(new ClusterTls(configuration));
        services.AddSingleton(redis).AddKeyedSingleton(RedisExtensions.Bulk, redis).AddSingleton<RedisRegistry>();
        services.AddOptions<WorkerOptions>();
        services.AddSingleton<IHostApplicationLifetime>(new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance)).AddSingleton<CodeDeadline>();
        services.AddTraining();
        services.AddModel<ThrowingModelFactory>();
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
        _task = new WorkerTask(_services.GetRequiredService<RedisRegistry>(), TimeProvider.System, NullLogger.Instance,
            Guid.NewGuid().ToString("N"), "127.0.0.1:1", new WorkerSkills([], []), [device ?? TestDevices.Cpu()]);
    }

    public DeviceSlot Slot => _task.Slots[0];

    public IServiceProvider Services => _services;

    public bool IsStopping => _services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    public static async Task<TestWorker> StartAsync(
        IConnectionMultiplexer redis, string key, Action<IServiceCollection>? configure, SlotDevice? device, CancellationToken cancellationToken)
    {
        var worker = new TestWorker(redis, key, configure, device);
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker._lease = worker._task.RunAsync((_, _, _) =>
        {
            connected.TrySetResult();
            return Task.CompletedTask;
        }, worker._stop.Token);
        await connected.Task.WaitAsync(TrainingCluster.Limit, cancellationToken);
        return worker;
    }

    public Task<object?> RunAsync(TrainSegment item, CancellationToken cancellationToken) => Task.Run(
        () => _services.GetRequiredService<SegmentRunner>().RunAsync(item, isRedelivered: false, Slot, cancellationToken), cancellationToken);

    public Task<object?> EvaluateAsync(EvaluateModel item, CancellationToken cancellationToken) =>
        _services.GetRequiredService<ModelEvaluator>().RunAsync(item, isRedelivered: false, Slot, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _lease.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _services.DisposeAsync();
        Slot.Hardware.Dispose();
        _stop.Dispose();
    }
}
