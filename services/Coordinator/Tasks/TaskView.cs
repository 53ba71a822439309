using Cluster.Contracts.Devices;
using Cluster.ServiceDefaults.Registry;

namespace Cluster.Coordinator.Tasks;

/// <summary>The live workers, read at most twice a second however many jobs ask.</summary>
internal sealed class TaskView(RedisRegistry registry, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromMilliseconds(500);

    // Guards the two fields below; a reader that finds them too old reads for all who wait.
    private readonly SemaphoreSlim _reading = new(1, 1);
    private IReadOnlyList<RegisteredTask> _workers = [];
    private long? _readAt;

    /// <exception cref="StackExchange.Redis.RedisException">Redis does not answer.</exception>
    public async Task<IReadOnlyList<RegisteredTask>> WorkersAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_readAt is not { } at || time.GetElapsedTime(at) > Age)
            {
                _workers = await registry.ListAsync(JobNames.Worker);
                _readAt = time.GetTimestamp();
            }

            return _workers;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();
}
