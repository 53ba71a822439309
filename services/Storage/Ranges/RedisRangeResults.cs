using System.Globalization;
using Cluster.Compute.Computations;
using Cluster.Protocol.Messages;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using StackExchange.Redis;

namespace Cluster.Storage.Ranges;

/// <summary>Claims and results of ranges in Redis. Each call is one script, tried again while Redis is away.</summary>
public sealed class RedisRangeResults(IConnectionMultiplexer redis)
{
    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>Claims a range for a worker's incarnation.</summary>
    public async Task<RangeClaim> BeginAsync(ComputeRange item, string incarnation, CancellationToken cancellationToken)
        => await EvaluateAsync(RangeScripts.Begin, item, cancellationToken, incarnation, RangeLimits.MaxAttempts) switch
        {
            "begun" => RangeClaim.Begun,
            "recorded" => RangeClaim.Recorded,
            "poisoned" => RangeClaim.Poisoned,
            _ => RangeClaim.Superseded,
        };

    /// <summary>Records a result once; false when the range is no longer wanted.</summary>
    public async Task<bool> RecordAsync(ComputeRange item, byte[] payload, string device, CancellationToken cancellationToken)
        => await EvaluateAsync(RangeScripts.Record, item, cancellationToken, payload, device) == "recorded";

    /// <summary>Hands a claimed range back as it was.</summary>
    public Task HandBackAsync(ComputeRange item, string incarnation, CancellationToken cancellationToken)
        => EvaluateAsync(RangeScripts.Leave, item, cancellationToken, incarnation, 0, "");

    /// <summary>Hands a claimed range back as failed.</summary>
    public Task FailAsync(ComputeRange item, string incarnation, CancellationToken cancellationToken)
        => EvaluateAsync(RangeScripts.Leave, item, cancellationToken, incarnation, 1, "");

    /// <summary>Hands a claimed range back because its device is lost, and says how often that happened to it; 0 where the claim is another's.</summary>
    public async Task<int> LoseDeviceAsync(ComputeRange item, string incarnation, CancellationToken cancellationToken)
        => int.TryParse(await EvaluateAsync(RangeScripts.Leave, item, cancellationToken, incarnation, 1, "lost:"), CultureInfo.InvariantCulture, out var times)
        ? times : 0;

    /// <summary>The recorded ranges of a job, in order; null when the job is no longer running.</summary>
    public async Task<IReadOnlyList<(GrainRange Range, byte[] Payload)>?> ReadAllAsync(MergeRanges item, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [JobKeys.Record(item.JobId), JobKeys.Results(item.JobId)];
        var answer = await RedisRetry.Pipeline.ExecuteAsync(
            async _ => await RangeScripts.ReadAll.EvaluateAsync(_database, keys, item.Generation.ToString()), cancellationToken);
        if (answer.IsNull) return null;
        return [.. ((RedisResult[])answer!).Chunk(2)
            .Select(entry => (Range: RangeField.Parse((string)entry[0]!), Payload: (byte[])entry[1]!)).OrderBy(entry => entry.Range.From)];
    }

    /// <summary>Records the job's result once; false when the job is no longer running.</summary>
    public async Task<bool> RecordTotalAsync(MergeRanges item, string result, CancellationToken cancellationToken)
    {
        var answer = await RedisRetry.Pipeline.ExecuteAsync(async _ => await RangeScripts.RecordTotal.EvaluateAsync(
            _database, [JobKeys.Record(item.JobId)], item.Generation.ToString(), result), cancellationToken);
        return (string?)answer == "recorded";
    }

    private async Task<string> EvaluateAsync(RedisScript script, ComputeRange item, CancellationToken cancellationToken, params RedisValue[] arguments)
    {
        RedisKey[] keys =
        [
            JobKeys.Record(item.JobId), JobKeys.Items(item.JobId), JobKeys.Claims(item.JobId),
            JobKeys.Attempts(item.JobId), JobKeys.Results(item.JobId), JobKeys.Placements(item.JobId),
        ];
        RedisValue[] all = [item.Generation.ToString(), item.From, item.To, .. arguments];
        var answer = await RedisRetry.Pipeline.ExecuteAsync(async _ => await script.EvaluateAsync(_database, keys, all), cancellationToken);
        return (string)answer!;
    }
}
