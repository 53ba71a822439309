using Cluster.Protocol.Commits;
using Cluster.Protocol.Shards;
using Cluster.Storage.Registry;
using Grpc.Core;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Coordinator.Supervision;

/// <summary>The ps tasks of one job: who holds each index now, and what that process says of the job. Owned by one runner.</summary>
/// <remarks>A call ends by its deadline, within three seconds: one that is cancelled under way is an exception in the log of the ps task.</remarks>
internal sealed class StoreView(string jobId, StoreChannels channels)
{
    private RegisteredTask?[] _holders = [];

    /// <summary>What each ps task said last; null for one that could not be reached.</summary>
    public IReadOnlyList<V1.ShardReport?> Reports { get; private set; } = [];

    /// <summary>Why a ps task could not load the state of its generation; null where none says so.</summary>
    public string? LoadError
        => Reports.Select((report, task) => report is { LoadError.Length: > 0 } ? $"/job:ps/task:{task}: {report.LoadError}" : null)
        .FirstOrDefault(error => error is not null);

    /// <summary>Indices that no process holds.</summary>
    public IEnumerable<int> Missing => Enumerable.Range(0, _holders.Length).Where(task => _holders[task] is null);

    /// <summary>Asks the ps tasks 0 to <paramref name="stores"/> - 1 at once.</summary>
    /// <param name="stores">How many.</param>
    /// <param name="registered">The live ps tasks.</param>
    public async Task<IReadOnlyList<ShardView>> ReadAsync(int stores, IReadOnlyList<RegisteredTask> registered)
    {
        _holders = [.. Enumerable.Range(0, stores).Select(index => registered.FirstOrDefault(task => task.Index == index))];
        Reports = await Task.WhenAll(_holders.Select((_, task) => ReportAsync(task)));
        return [.. _holders.Select((holder, task) => new ShardView(
            holder is null ? null : LeaseToken.Incarnation(holder.Incarnation), Reports[task]?.ToReport()))];
    }

    /// <summary>Calls a ps task.</summary>
    /// <returns>False when it could not be reached: it is called again when it can.</returns>
    /// <exception cref="RpcException">It refuses: INVALID_ARGUMENT for good, RESOURCE_EXHAUSTED for now.</exception>
    public async Task<bool> CallAsync(int task, Func<V1.Parameters.ParametersClient, CallOptions, AsyncUnaryCall<V1.ShardReport>> call)
    {
        if (_holders[task] is not { } holder) return false;
        try
        {
            await call(channels.ClientOf(holder.Entry.Address), Options());
            return true;
        }
        catch (RpcException e) when (IsPassing(e))
        {
            return false;
        }
    }

    /// <summary>Frees the job's memory at every ps task that can be reached.</summary>
    /// <returns>False when one that is there could not be reached.</returns>
    public async Task<bool> CloseAsync(V1.Generation generation)
    {
        var closed = await Task.WhenAll(_holders.Select((holder, task) => CloseAsync(holder, task, generation)));
        return !closed.Contains(false);
    }

    private async Task<bool> CloseAsync(RegisteredTask? holder, int task, V1.Generation generation)
    {
        if (holder is null) return true;
        try
        {
            var request = new V1.CloseRequest { Job = jobId, Task = task, Generation = generation };
            await channels.ClientOf(holder.Entry.Address).CloseAsync(request, Options());
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private async Task<V1.ShardReport?> ReportAsync(int task)
    {
        if (_holders[task] is not { } holder) return null;
        try
        {
            var request = new V1.ReportRequest { Job = jobId, Task = task };
            return await channels.ClientOf(holder.Entry.Address).ReportAsync(request, Options());
        }
        catch (RpcException)
        {
            return null;
        }
    }

    // NOT_FOUND: the process has not the index any more, or not yet.
    private static bool IsPassing(RpcException e) =>
        e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.NotFound or StatusCode.Internal;

    private static CallOptions Options() => new(deadline: DateTime.UtcNow + StoreChannels.CallTimeout);
}
