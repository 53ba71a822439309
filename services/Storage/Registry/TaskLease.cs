using System.Diagnostics;
using Cluster.ServiceDefaults.Redis;
using Microsoft.Extensions.Logging;

namespace Cluster.Storage.Registry;

/// <summary>
/// Holds one lease: renews it each second until disposed, and says through <see cref="Lost"/> when its index has a new
/// holder, through <see cref="Drained"/> when it is asked to leave. While Redis is away the lease is kept:
/// its holder goes on serving and renews when Redis is back.
/// </summary>
public sealed class TaskLease : IAsyncDisposable
{
    private readonly RedisRegistry _registry;
    private readonly Func<TaskEntry> _entry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _drained = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private readonly Task _renewal;

    private TaskLease(RedisRegistry registry, LeaseGrant grant, Func<TaskEntry> entry, TimeProvider time, ILogger logger)
    {
        (_registry, Grant, _entry, _time, _logger) = (registry, grant, entry, time, logger);
        _renewal = RenewUntilStoppedAsync();
    }

    public LeaseGrant Grant { get; }

    /// <summary>Cancelled when another holds this index now.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Cancelled when its holder is asked to leave.</summary>
    public CancellationToken Drained => _drained.Token;

    /// <summary>Waits for a free index, and for Redis, until cancelled.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="request">Who asks for what.</param>
    /// <param name="entry">Gives what the task says of itself, at each renewal; called from the renewal's thread.</param>
    /// <param name="time">Clock of the waits.</param>
    /// <param name="logger">Where what is granted and lost is said.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static Task<TaskLease> AcquireAsync(
        RedisRegistry registry, LeaseRequest request, Func<TaskEntry> entry, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
        => AcquireAnyAsync(registry, [request], entry, () => { }, time, logger, cancellationToken);

    /// <summary>As <see cref="AcquireAsync"/>, for the first of several requests that is granted.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="requests">Who asks for what, in order of preference.</param>
    /// <param name="entry">As above.</param>
    /// <param name="waiting">Called each time that none is granted.</param>
    /// <param name="time">Clock of the waits.</param>
    /// <param name="logger">As above.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task<TaskLease> AcquireAnyAsync(
        RedisRegistry registry, IReadOnlyList<LeaseRequest> requests, Func<TaskEntry> entry, Action waiting, TimeProvider time, ILogger logger,
        CancellationToken cancellationToken)
    {
        var seen = new ExpiredLease?[requests.Count];
        while (true)
        {
            try
            {
                if (await AskAsync(registry, requests, entry(), seen) is { } grant)
                {
                    RegistryLog.LeaseGranted(logger, grant.Title, grant.Token);
                    return new TaskLease(registry, grant, entry, time, logger);
                }

                waiting();
                await Task.Delay(seen.All(lease => lease is null) ? LeaseTimes.Renewal : LeaseTimes.Grace, time, cancellationToken);
            }
            catch (Exception e) when (RedisErrors.IsTransient(e))
            {
                RegistryLog.RegistryAway(logger, requests[0].JobName, e.Message);
                await Task.Delay(LeaseTimes.Renewal, time, cancellationToken);
            }
        }
    }

    /// <summary>Writes the entry now instead of at the next renewal.</summary>
    public Task PublishEntryAsync() => RenewOnceAsync();

    /// <summary>Stops renewing and hands the index back, if it is still held.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewal;
        // After an entry that is being published: a renewal behind the release would take the index again.
        await _renewing.WaitAsync();
        try
        {
            if (!_lost.IsCancellationRequested) await _registry.ReleaseAsync(Grant);
        }
        catch (Exception e) when (RedisErrors.IsTransient(e))
        {
            RegistryLog.RegistryAway(_logger, Grant.JobName, e.Message);
        }
        finally
        {
            _renewing.Release();
        }
    }

    private static async Task<LeaseGrant?> AskAsync(RedisRegistry registry, IReadOnlyList<LeaseRequest> requests, TaskEntry entry, ExpiredLease?[] seen)
    {
        for (var i = 0; i < requests.Count; i++)
        {
            var answer = await registry.AcquireAsync(requests[i], entry, seen[i]);
            if (answer.Grant is not null) return answer.Grant;
            seen[i] = answer.Expired;
        }

        return null;
    }

    private async Task RenewUntilStoppedAsync()
    {
        // Part of nothing that the process does.
        Activity.Current = null;
        using var timer = new PeriodicTimer(LeaseTimes.Renewal, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token) && !_lost.IsCancellationRequested) await RenewOnceAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    // One renewal at a time, so that an older entry never overwrites a newer one.
    private async Task RenewOnceAsync()
    {
        await _renewing.WaitAsync();
        try
        {
            if (_stop.IsCancellationRequested) return;
            var renewal = await _registry.RenewAsync(Grant, _entry());
            RegistryMetrics.Renewed(Grant, renewal == LeaseRenewal.Lost ? "lost" : "renewed");
            switch (renewal)
            {
                case LeaseRenewal.Lost:
                    RegistryLog.LeaseLost(_logger, Grant.Title, Grant.Token);
                    await _lost.CancelAsync();
                    break;
                case LeaseRenewal.Draining:
                    await _drained.CancelAsync();
                    break;
            }
        }
        catch (Exception e) when (RedisErrors.IsTransient(e))
        {
            RegistryMetrics.Renewed(Grant, "failed");
            RegistryLog.RegistryAway(_logger, Grant.JobName, e.Message);
        }
#pragma warning disable CA1031 // A lease that is no longer renewed would be lost without a word: the next renewal may succeed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            RegistryMetrics.Renewed(Grant, "failed");
            RegistryLog.RenewalFailed(_logger, e, Grant.Title);
        }
        finally
        {
            _renewing.Release();
        }
    }
}
