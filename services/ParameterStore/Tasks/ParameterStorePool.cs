using Cluster.ParameterStore.Shards;
using Cluster.ServiceDefaults.Hosting;
using Cluster.Storage.Registry;
using Microsoft.Extensions.Options;

namespace Cluster.ParameterStore.Tasks;

/// <summary>The ps tasks of this process: one, or in Standalone several behind one address.</summary>
public sealed class ParameterStorePool(int count, IServiceProvider services) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _left = new();
    private volatile ParameterStoreTask[] _tasks = [];
    private Task _running = Task.CompletedTask;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when every task has had its lease.</summary>
    public Task Ready => ReadyAsync();

    /// <summary>Whether every task has its lease now.</summary>
    public bool IsReady => _tasks.Length == count && _tasks.All(task => task.IsReady);

    /// <summary>Cancelled when the process stops and its tasks have handed their indices back: its streams end.</summary>
    internal CancellationToken Left => _left.Token;

    /// <summary>Whether its tasks hand their indices back, or have done so.</summary>
    internal bool IsStopping => _stop.IsCancellationRequested;

    internal IReadOnlyList<ParameterStoreTask> Tasks => _tasks;

    internal ParameterStoreTask? Find(int index) => Array.Find(_tasks, task => task.IsReady && task.Index == index);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The listeners are bound, and so the address is known, only when the host has started.
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(StartTasks);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before the listeners, which wait for the streams to end. Where Redis is away, the indices are handed back by time alone.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(LeaveLimit, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _left.CancelAsync();
    }

    public Task StopAsync(CancellationToken cancellationToken) => _running.WaitAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stop.Dispose();
        _left.Dispose();
    }

    private async Task ReadyAsync()
    {
        await _started.Task;
        await Task.WhenAll(_tasks.Select(task => task.Ready));
    }

    private void StartTasks()
    {
        _tasks = [.. Enumerable.Range(0, count).Select(Create)];
        _running = Task.WhenAll(_tasks.Select(RunAsync));
        _started.SetResult();
    }

    // A task that cannot go on ends the process, whose runner starts it anew, instead of standing there without work.
    private async Task RunAsync(ParameterStoreTask task)
    {
        try
        {
            await task.RunAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
#pragma warning disable CA1031 // Ends the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ILogger logger = services.GetRequiredService<ILogger<ParameterStorePool>>();
            ParameterStoreLog.TaskFailed(logger, e);
            Environment.ExitCode = 1;
            services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }
    }

    private ParameterStoreTask Create(int position)
    {
        var options = services.GetRequiredService<IOptions<ParameterStoreOptions>>().Value;
        var instance = ProcessInstance.Name(services.GetRequiredService<IConfiguration>());
        return new ParameterStoreTask(
            services.GetRequiredService<RedisRegistry>(), services.GetRequiredService<ShardContext>(), services.GetRequiredService<MemoryBudget>(),
            options, count == 1 ? instance : $"{instance}-{position}", options.AdvertisedAddress ?? ServerAddress.Grpc(services).Authority);
    }
}
