using System.Collections.Immutable;
using Grpc.Core;

namespace Cluster.Coordinator.Conditions;

/// <summary>
/// What keeps the whole cluster, and not one job, from its work or from its promises: told to every job and every caller as long
/// as it lasts. Written by <see cref="RedisWatch"/> and <see cref="BrokerWatch"/>, read by anybody.
/// </summary>
internal sealed class ClusterCondition
{
    /// <summary>What accepts a Redis that may lose data.</summary>
    public const string AcceptSetting = $"{CoordinatorOptions.Section}__{nameof(CoordinatorOptions.AcceptUnsafeRedis)}";

    /// <summary>What helps where Redis has no room.</summary>
    public const string RoomAdvice =
        "raise its maxmemory, or remove data sets (cluster data list) and checkpoints (cluster checkpoint list); what runs goes on by itself then";

    private readonly Lock _lock = new();
    private bool _isChecked;
    private string _redis = "";
    private string _redisAdvice = "";
    private string _broker = "";
    private ImmutableArray<string> _refused = [];
    private TaskCompletionSource _changed = New();

    /// <summary>What every job waits for now; empty while there is no such thing.</summary>
    public string WaitingFor
    {
        get
        {
            lock (_lock) return _redis.Length > 0 ? _redis : _broker;
        }
    }

    /// <summary>Whether RabbitMQ takes nothing now.</summary>
    public bool IsBrokerBlocked
    {
        get
        {
            lock (_lock) return _broker.Length > 0;
        }
    }

    /// <summary>Whether Redis takes no writes now.</summary>
    public bool IsRedisBlocked
    {
        get
        {
            lock (_lock) return _redis.Length > 0;
        }
    }

    /// <summary>Completes at the next change; take it before reading <see cref="WaitingFor"/>.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock) return _changed.Task;
        }
    }

    /// <summary>With what everything new is refused now; null while it is accepted.</summary>
    public Status? Refusal
    {
        get
        {
            lock (_lock)
            {
                if (_redis.Length > 0) return new Status(StatusCode.ResourceExhausted, $"nothing new is accepted by {_redis}: {_redisAdvice}");
                if (!_isChecked) return new Status(StatusCode.Unavailable, "the coordinator has not looked at Redis yet; try again");
                return _refused.Length == 0 ? null : new Status(StatusCode.FailedPrecondition,
                    $"nothing new is accepted, since Redis would not keep it: {string.Join("; ", _refused)}; " +
                    $"set Redis right, or accept it with {AcceptSetting}=true");
            }
        }
    }

    /// <summary>Redis takes no writes, and what to do about it; two times nothing where it does.</summary>
    /// <returns>Whether that is new.</returns>
    public bool RedisRefuses(string what, string advice) => Change(() =>
    {
        if (_redis == what) return false;
        (_redis, _redisAdvice) = (what, advice);
        return true;
    });

    /// <summary>RabbitMQ takes no messages; empty where it does.</summary>
    /// <returns>Whether that is new.</returns>
    public bool BrokerRefuses(string what) => Change(() =>
    {
        if (_broker == what) return false;
        _broker = what;
        return true;
    });

    /// <summary>Redis has been looked at.</summary>
    /// <param name="refused">What it does to the users' data, where nobody accepted that.</param>
    public void Checked(IEnumerable<string> refused)
    {
        lock (_lock) (_isChecked, _refused) = (true, [.. refused]);
    }

    /// <summary>Lets pass what is to be kept from now on.</summary>
    /// <exception cref="RpcException">
    /// RESOURCE_EXHAUSTED: Redis takes no writes. FAILED_PRECONDITION: it would not keep what it is given. UNAVAILABLE: nobody has looked yet.
    /// </exception>
    public void ThrowIfClosed()
    {
        if (Refusal is { } refusal) throw new RpcException(refusal);
    }

    private bool Change(Func<bool> change)
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            if (!change()) return false;
            (told, _changed) = (_changed, New());
        }

        told.TrySetResult();
        return true;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
