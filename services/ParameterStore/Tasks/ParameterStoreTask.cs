using System.Diagnostics.CodeAnalysis;
using Cluster.Contracts.Devices;
using Cluster.ParameterStore.Shards;
using Cluster.Protocol.Segments;
using Cluster.Storage.Registry;
using Grpc.Core;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Tasks;

/// <summary>One ps task: a lease on an index and the shards it serves under it. When the index has a new holder it drops them and takes another.</summary>
internal sealed class ParameterStoreTask(
    RedisRegistry registry, ShardContext context, MemoryBudget budget, ParameterStoreOptions options, string instance, string address)
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ShardHost> _shards = [];
    private readonly LeftGenerations _left = new();
    private readonly DateTimeOffset _startedAt = context.Time.GetUtcNow();
    private readonly TaskCompletionSource _readyOnce = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskLease? _lease;

    // Runs while there are shards: a task without any is not woken.
    private ITimer? _ticks;

    /// <summary>Completes when it has its first lease.</summary>
    public Task Ready => _readyOnce.Task;

    public bool IsReady => _lease is not null;

    /// <summary>Index of the task; -1 while it has no lease.</summary>
    public int Index => _lease?.Grant.Index ?? -1;

    public ulong Incarnation => _lease is { } lease ? LeaseToken.Incarnation(lease.Grant.Token) : 0;

    public bool TryFind(string job, [NotNullWhen(true)] out ShardHost? shard)
    {
        lock (_gate) return _shards.TryGetValue(job, out shard) && !shard.Loop.Completion.IsCompleted;
    }

    /// <summary>The generation that a job had here when its shard failed or was dropped; none where it had no shard.</summary>
    public Generation Left(string job)
    {
        lock (_gate)
        {
            DropFailed(job);
            return _left.Of(job);
        }
    }

    /// <summary>The job's shard, made where it is not there; null for a generation that was left here with its shard.</summary>
    /// <exception cref="RpcException">It is there with other settings, there is no memory for it, or the task has just lost its index.</exception>
    public ShardHost? FindOrCreate(string job, V1.Shard settings, Generation generation)
    {
        lock (_gate)
        {
            if (!IsReady) throw new RpcException(new Status(StatusCode.NotFound, "task: it has just lost its index"));
            DropFailed(job);
            if (_shards.TryGetValue(job, out var shard))
            {
                if (!shard.Has(settings))
                    throw new RpcException(new Status(StatusCode.FailedPrecondition, $"shard: job {job} is open here with other settings"));
                shard.IsAsked(generation);
                return shard;
            }

            if (generation.Counter <= _left.Of(job).Counter) return null;
            shard = Create(job, settings);
            shard.IsAsked(generation);
            _left.Remove(job);
            _shards.Add(job, shard);
            if (_shards.Count == 1) _ticks?.Change(TickInterval, TickInterval);
            return shard;
        }
    }

    /// <summary>Jobs whose shards have no stream: nobody works on them here.</summary>
    public IReadOnlyList<string> Unattended()
    {
        lock (_gate) return [.. _shards.Where(entry => entry.Value.Loop.Streams == 0).Select(entry => entry.Key)];
    }

    /// <summary>Frees the memory of a job that has ended.</summary>
    public void Drop(string job)
    {
        lock (_gate) Leave(job);
    }

    public void Close(string job, Generation generation, Generation current)
    {
        lock (_gate)
        {
            if (current.Counter <= generation.Counter) Leave(job);
        }
    }

    /// <summary>Holds a lease until cancelled, then hands it back.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var ticks = context.Time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ticks = ticks;
        for (var life = 0; !cancellationToken.IsCancellationRequested; life++)
        {
            var request = new LeaseRequest(JobNames.ParameterStore, life == 0 ? instance : $"{instance}~{life}");
            var lease = await TaskLease.AcquireAsync(registry, request, Describe, context.Time, context.Logger, cancellationToken);
            try
            {
                _lease = lease;
                await lease.PublishEntryAsync();
                _readyOnce.TrySetResult();
                await UntilEitherAsync(lease.Lost, cancellationToken);
            }
            finally
            {
                _lease = null;
                // The index goes first: a worker whose stream ends looks for the task anew, and must not find this one.
                await lease.DisposeAsync();
                CloseAll();
            }
        }
    }

    private static async Task UntilEitherAsync(CancellationToken lost, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Tick()
    {
        lock (_gate)
        {
            foreach (var shard in _shards.Values) shard.Loop.Tick();
        }
    }

    private void DropFailed(string job)
    {
        if (!_shards.TryGetValue(job, out var shard) || !shard.Loop.Completion.IsCompleted) return;
        Leave(job);
    }

    private void Leave(string job)
    {
        if (!_shards.TryGetValue(job, out var shard)) return;
        _left.Add(job, shard.Newest);
        Remove(job, shard);
    }

    private ShardHost Create(string job, V1.Shard settings)
    {
        var bytes = ShardHost.Bytes(ShardSettings.ToOptions(settings));
        if (!budget.TryReserve(bytes))
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted,
                $"shard.length is {settings.Length} with {settings.Streams} streams, which takes {bytes} bytes; {budget.Limit - budget.Used} of "
                + $"{budget.Limit} are left"));
        }

        context.Metrics.Opened(settings.Length);
        return new ShardHost(job, Index, Incarnation, settings, options.SendTimeout, context);
    }

    private void Remove(string job, ShardHost shard)
    {
        shard.Dispose();
        budget.Release(shard.MemoryBytes);
        context.Metrics.Closed(shard.Loop.Length);
        _shards.Remove(job);
        if (_shards.Count == 0) _ticks?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void CloseAll()
    {
        lock (_gate)
        {
            foreach (var (job, shard) in _shards.ToArray()) Remove(job, shard);
            _left.Clear();
        }
    }

    private TaskEntry Describe()
    {
        lock (_gate)
        {
            return new TaskEntry
            {
                Address = address,
                StartedAt = _startedAt,
                Ready = IsReady,
                Devices = [new DeviceEntry
                {
                    Name = "/device:CPU:0",
                    Description = $"{TaskDescription.Size(budget.Limit)} for shards",
                    Doing = TaskDescription.Doing(_shards.Values),
                }],
            };
        }
    }
}
