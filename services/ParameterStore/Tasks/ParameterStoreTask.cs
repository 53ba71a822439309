using System.Diagnostics.CodeAnalysis;
using Cluster.Contracts.Devices;
using Cluster.ParameterStore.Models;
using Cluster.Protocol.Parameters;
using Cluster.ServiceDefaults.Registry;
using Grpc.Core;
using V1 = Cluster.Contracts.Parameters.V1;

namespace Cluster.ParameterStore.Tasks;

/// <summary>One ps task: a lease on an index and the models it serves under it. When the index has a new holder it drops them and takes another.</summary>
internal sealed class ParameterStoreTask(
    RedisRegistry registry, ModelContext context, MemoryBudget budget, ParameterStoreOptions options, string instance, string address)
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Model> _models = [];
    private readonly DateTimeOffset _startedAt = context.Time.GetUtcNow();
    private readonly TaskCompletionSource _readyOnce = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskLease? _lease;

    /// <summary>Completes when it has its first lease.</summary>
    public Task Ready => _readyOnce.Task;

    public bool IsReady => _lease is not null;

    /// <summary>Index of the task; -1 while it has no lease.</summary>
    public int Index => _lease?.Grant.Index ?? -1;

    public ulong Incarnation => _lease is { } lease ? LeaseToken.Incarnation(lease.Grant.Token) : 0;

    public bool TryFind(string job, [NotNullWhen(true)] out Model? model)
    {
        lock (_gate) return _models.TryGetValue(job, out model) && !model.Loop.Completion.IsCompleted;
    }

    /// <summary>The job's model, made where it is not there.</summary>
    /// <exception cref="RpcException">It is there with other settings, or there is no memory for it.</exception>
    public Model FindOrCreate(string job, V1.Model settings)
    {
        lock (_gate)
        {
            if (_models.TryGetValue(job, out Model? model) && !model.Loop.Completion.IsCompleted)
            {
                return model.Has(settings)
                    ? model
                    : throw new RpcException(new Status(StatusCode.FailedPrecondition, $"model: job {job} is open here with other settings"));
            }

            if (model is not null) Remove(job, model);
            return _models[job] = Create(job, settings);
        }
    }

    public void Close(string job, Generation generation, Generation current)
    {
        lock (_gate)
        {
            if (_models.TryGetValue(job, out Model? model) && current.Counter <= generation.Counter) Remove(job, model);
        }
    }

    /// <summary>Holds a lease until cancelled, then hands it back.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int life = 0; !cancellationToken.IsCancellationRequested; life++)
        {
            var request = new LeaseRequest(JobNames.ParameterStore, life == 0 ? instance : $"{instance}~{life}");
            await using TaskLease lease = await TaskLease.AcquireAsync(registry, request, Describe, context.Time, context.Logger, cancellationToken);
            _lease = lease;
            await lease.PublishEntryAsync();
            _readyOnce.TrySetResult();
            try
            {
                await TickAsync(lease.Lost, cancellationToken);
            }
            finally
            {
                _lease = null;
                CloseAll();
            }
        }
    }

    private async Task TickAsync(CancellationToken lost, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, stop);
        using var timer = new PeriodicTimer(TickInterval, context.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(either.Token))
            {
                lock (_gate)
                {
                    foreach (Model model in _models.Values) model.Loop.Tick();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Lost or stopped.
        }
    }

    private Model Create(string job, V1.Model settings)
    {
        long bytes = Model.Bytes(ModelSettings.ToOptions(settings));
        if (!budget.TryReserve(bytes))
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted,
                $"model.length is {settings.Length} with {settings.Streams} streams, which takes {bytes} bytes; {budget.Limit - budget.Used} of {budget.Limit} are left"));
        }

        return new Model(job, Index, Incarnation, settings, options.SendTimeout, context);
    }

    private void Remove(string job, Model model)
    {
        model.Dispose();
        budget.Release(model.MemoryBytes);
        _models.Remove(job);
    }

    private void CloseAll()
    {
        lock (_gate)
        {
            foreach ((string job, Model model) in _models.ToArray()) Remove(job, model);
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
                    Description = $"{TaskDescription.Size(budget.Limit)} for models",
                    Doing = TaskDescription.Doing(_models.Values),
                }],
            };
        }
    }
}
