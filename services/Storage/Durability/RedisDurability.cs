using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cluster.ServiceDefaults.Redis;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Cluster.Storage.Durability;

/// <summary>Which run of Redis answers, and whether what it acknowledged, over any connection, is on its disk.</summary>
/// <remarks>
/// Redis 7.2 is asked with WAITAOF. An older one has synced what it acknowledged where <c>appendfsync</c> is <c>always</c>, and
/// <see cref="SyncProof"/> waits for the sync of one that does so every second. One without an append-only file, or that never syncs
/// it, is as durable as its operator wants it.
/// </remarks>
public sealed class RedisDurability([FromKeyedServices(RedisExtensions.Bulk)] IConnectionMultiplexer redis, TimeProvider time)
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ProofLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WrittenTimeToLive = TimeSpan.FromSeconds(20);
    private const int WaitMilliseconds = 4_000;
    private const string WrittenKey = "cluster:durable";

    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>Changes when Redis restarts.</summary>
    public async Task<ulong> RunAsync()
    {
        var run = (await RedisInfo.ReadAsync(_database, "server")).Text("run_id") ?? "";
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(run)));
    }

    /// <summary>Returns when everything that Redis had acknowledged before is on its disk.</summary>
    /// <exception cref="TimeoutException">It was not in time, or it could not be seen.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if ((await RedisInfo.ReadAsync(_database, "persistence")).Number("aof_enabled") is not 1) return;
        if (await TryWaitForFileAsync() || await SyncPolicyAsync() is "always" or "no") return;
        await ProveAsync(cancellationToken);
    }

    // False where this server has no such command, or not for us.
    private async Task<bool> TryWaitForFileAsync()
    {
        try
        {
            // It blocks its connection, and covers what that connection wrote: all that came before is in the file too.
            await _database.StringSetAsync(WrittenKey, "", WrittenTimeToLive);
            var reply = (RedisResult[])(await _database.ExecuteAsync("WAITAOF", 1, 0, WaitMilliseconds))!;
            return (long)reply[0] >= 1
                ? true
                : throw new TimeoutException(string.Create(CultureInfo.InvariantCulture,
                $"Redis did not sync its append-only file within {WaitMilliseconds} ms"));
        }
        catch (RedisServerException e) when (!RedisErrors.IsTransient(e))
        {
            return false;
        }
    }

    // Null where it is not for us to ask: the careful answer.
    private async Task<string?> SyncPolicyAsync()
    {
        try
        {
            return (string[])(await _database.ExecuteAsync("CONFIG", "GET", "appendfsync"))! is [_, { } policy] ? policy : null;
        }
        catch (RedisServerException e) when (!RedisErrors.IsTransient(e))
        {
            return null;
        }
    }

    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        var proof = new SyncProof();
        var begun = time.GetTimestamp();
        while (!proof.Add(await SyncProof.LookAsync(_database, WrittenKey, WrittenTimeToLive)))
        {
            if (time.GetElapsedTime(begun) > ProofLimit)
            {
                var why = proof.WaitsForRewrite ? "it rewrites its append-only file" : "its disk is slow";
                throw new TimeoutException($"Redis did not show within {ProofLimit.TotalSeconds:0} s that what it wrote is on disk: {why}");
            }

            await Task.Delay(LookPeriod, time, cancellationToken);
        }
    }
}
