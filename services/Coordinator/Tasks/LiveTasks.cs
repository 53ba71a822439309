using Cluster.Contracts.Devices;
using Cluster.Storage.Registry;

namespace Cluster.Coordinator.Tasks;

/// <summary>The live tasks, read at most twice a second however many jobs ask.</summary>
internal sealed class LiveTasks(RedisRegistry registry, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromMilliseconds(500);

    private readonly CachedTasks _workers = new(registry, JobNames.Worker, time);
    private readonly CachedTasks _stores = new(registry, JobNames.ParameterStore, time);

    /// <exception cref="StackExchange.Redis.RedisException">Redis does not answer.</exception>
    public Task<IReadOnlyList<RegisteredTask>> WorkersAsync(CancellationToken cancellationToken) => _workers.ReadAsync(cancellationToken);

    /// <summary>The live ps tasks that serve.</summary>
    /// <exception cref="StackExchange.Redis.RedisException">Redis does not answer.</exception>
    public Task<IReadOnlyList<RegisteredTask>> StoresAsync(CancellationToken cancellationToken) => _stores.ReadAsync(cancellationToken);

    /// <summary>Ps tasks 0, 1, … without a gap: those that a job's ranges can lie on.</summary>
    /// <exception cref="StackExchange.Redis.RedisException">Redis does not answer.</exception>
    public async Task<int> StoreCountAsync(CancellationToken cancellationToken)
        => (await StoresAsync(cancellationToken)).TakeWhile((task, index) => task.Index == index).Count();

    public void Dispose()
    {
        _workers.Dispose();
        _stores.Dispose();
    }

    private sealed class CachedTasks(RedisRegistry registry, string jobName, TimeProvider time) : IDisposable
    {
        // Guards the two fields below; a reader that finds them too old reads for all who wait.
        private readonly SemaphoreSlim _reading = new(1, 1);
        private IReadOnlyList<RegisteredTask> _tasks = [];
        private long? _readAt;

        public async Task<IReadOnlyList<RegisteredTask>> ReadAsync(CancellationToken cancellationToken)
        {
            await _reading.WaitAsync(cancellationToken);
            try
            {
                if (_readAt is not { } at || time.GetElapsedTime(at) > Age)
                {
                    _tasks = await registry.ListAsync(jobName);
                    _readAt = time.GetTimestamp();
                }

                return _tasks;
            }
            finally
            {
                _reading.Release();
            }
        }

        public void Dispose() => _reading.Dispose();
    }
}
