using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cluster.ServiceDefaults.Redis;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Cluster.Persistence.Durability;

/// <summary>Which run of Redis answers, and whether what it acknowledged, over any connection, is on its disk.</summary>
/// <remarks>
/// Redis 7.2 is asked with WAITAOF. An older one has synced what it acknowledged where <c>appendfsync</c> is
/// <c>always</c>; otherwise it does so within two seconds. One without an append-only file is as durable as its operator wants it.
/// </remarks>
public sealed class RedisDurability([FromKeyedServices(RedisExtensions.Bulk)] IConnectionMultiplexer redis, TimeProvider time)
{
    private static readonly TimeSpan SyncPeriod = TimeSpan.FromSeconds(2);
    private const int WaitMilliseconds = 4_000;
    private const string WrittenKey = "cluster:durable";

    private readonly IDatabase _database = redis.GetDatabase();

    /// <summary>Changes when Redis restarts.</summary>
    public async Task<ulong> RunAsync()
    {
        string run = (await InfoAsync("server")).GetValueOrDefault("run_id", "");
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(run)));
    }

    /// <summary>Returns when everything that Redis had acknowledged before is on its disk.</summary>
    /// <exception cref="TimeoutException">It was not in time.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (await TryWaitForFileAsync()) return;
        IReadOnlyDictionary<string, string> state = await InfoAsync("persistence");
        if (state.GetValueOrDefault("aof_enabled", "0") == "0" || await SyncsAlwaysAsync()) return;
        await Task.Delay(SyncPeriod, time, cancellationToken);
        if ((await InfoAsync("persistence")).GetValueOrDefault("aof_last_write_status", "ok") != "ok")
            throw new TimeoutException("Redis could not write its append-only file");
    }

    // False where this server has no such command, or no such file.
    private async Task<bool> TryWaitForFileAsync()
    {
        try
        {
            // It blocks its connection, and covers what that connection wrote: all that came before is in the file too.
            await _database.StringSetAsync(WrittenKey, "", SyncPeriod * 10);
            var reply = (RedisResult[])(await _database.ExecuteAsync("WAITAOF", 1, 0, WaitMilliseconds))!;
            return (long)reply[0] >= 1
                ? true
                : throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"Redis did not sync its append-only file within {WaitMilliseconds} ms"));
        }
        catch (RedisServerException)
        {
            return false;
        }
    }

    private async Task<bool> SyncsAlwaysAsync()
    {
        try
        {
            var reply = (string[])(await _database.ExecuteAsync("CONFIG", "GET", "appendfsync"))!;
            return reply is [_, "always"];
        }
        catch (RedisServerException)
        {
            // Not for us to ask: the careful answer.
            return false;
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> InfoAsync(string section)
    {
        string text = (string?)await _database.ExecuteAsync("INFO", section) ?? "";
        return text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1]);
    }
}
