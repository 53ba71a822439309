using System.Globalization;
using Cluster.ServiceDefaults.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cluster.Coordinator.Conditions;

/// <summary>
/// Looks at Redis each second: whether it takes a write, and, when it is another run of it and every few seconds, whether it keeps
/// what it is given. That Redis is away is for those to say who need it.
/// </summary>
internal sealed class RedisWatch(
    IConnectionMultiplexer redis, ClusterCondition condition, ConditionMetrics metrics, IOptions<CoordinatorOptions> options, TimeProvider time,
    ILogger<RedisWatch> logger)
    : BackgroundService
{
    private const string ProbeKey = "cluster:probe";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbeTimeToLive = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private readonly IDatabase _redis = redis.GetDatabase();
    private string? _run;
    private long? _checkedAt;
    private long _saidAt;
    private string _risks = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do await LookAsync();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            await CheckWhenDueAsync();
            await TellAsync(await RefusalAsync());
        }
        catch (Exception e) when (RedisErrors.IsTransient(e) || e is RedisException)
        {
            // Away, or starting: the next look is soon.
        }
    }

    // Why it takes no write; null when it took one.
    private async Task<Exception?> RefusalAsync()
    {
        try
        {
            await _redis.StringSetAsync(ProbeKey, "", ProbeTimeToLive);
            return null;
        }
        catch (RedisServerException e) when (RedisErrors.IsFull(e) || RedisErrors.CannotWriteItsFiles(e) || RedisErrors.IsReplica(e))
        {
            return e;
        }
    }

    private async Task TellAsync(Exception? refusal)
    {
        if (refusal is null)
        {
            if (condition.RedisRefuses("", "")) ConditionLog.RedisWrites(logger);
            return;
        }

        var (what, advice) = await ExplainAsync(refusal);
        if (!condition.RedisRefuses(what, advice) && time.GetElapsedTime(_saidAt) < ReminderPeriod) return;
        ConditionLog.RedisRefuses(logger, what, advice);
        _saidAt = time.GetTimestamp();
    }

    private async Task CheckWhenDueAsync()
    {
        var run = (await RedisInfo.ReadAsync(_redis, "server")).Text("run_id");
        if (_checkedAt is { } at && run == _run && time.GetElapsedTime(at) < CheckPeriod) return;
        await ReadMemoryAsync();
        string[] risks = [.. RedisRisks.Of(await RedisSettings.ReadAsync(_redis))];
        var accepted = options.Value.AcceptUnsafeRedis;
        condition.Checked(accepted ? [] : risks);
        var said = string.Join("; ", risks);
        if (said.Length > 0 && (said != _risks || run != _run))
        {
            if (accepted) ConditionLog.RisksAccepted(logger, said, ClusterCondition.AcceptSetting);
            else ConditionLog.RisksRefused(logger, said, ClusterCondition.AcceptSetting);
        }

        (_run, _checkedAt, _risks) = (run, time.GetTimestamp(), said);
    }

    private async Task ReadMemoryAsync()
    {
        var memory = await RedisInfo.ReadAsync(_redis, "memory");
        metrics.Seen(memory.Number("used_memory") ?? 0, memory.Number("maxmemory") ?? 0);
    }

    private async Task<(string What, string Advice)> ExplainAsync(Exception e)
    {
        if (RedisErrors.IsReplica(e)) return ("Redis, which is a replica and takes no writes", "name its primary in ConnectionStrings__redis");
        if (!RedisErrors.IsFull(e))
        {
            return ("Redis, which cannot write its files and takes no writes",
                "its log says why, often a full disk; what runs goes on by itself when it can write again");
        }

        var limit = (await RedisInfo.ReadAsync(_redis, "memory")).Number("maxmemory");
        var full = string.Create(CultureInfo.InvariantCulture, $"Redis, which is full (out of memory: maxmemory is {limit:N0} bytes)");
        return (full, ClusterCondition.RoomAdvice);
    }
}
