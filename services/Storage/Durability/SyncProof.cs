using System.Globalization;
using Cluster.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Cluster.Storage.Durability;

/// <summary>One look at a Redis that syncs its file each second, together with a write of our own.</summary>
/// <param name="Second">Its time of day, in whole seconds.</param>
/// <param name="IsSyncing">A sync waits or runs.</param>
/// <param name="IsRewriting">It rewrites its file.</param>
/// <param name="Rewrites">How many rewrites it has begun, where it counts them.</param>
internal readonly record struct SyncLook(long Second, bool IsSyncing, bool IsRewriting, long Rewrites);

/// <summary>Proves from looks that what Redis acknowledged before the first of them is on its disk, with <c>appendfsync everysec</c>.</summary>
/// <remarks>
/// That no sync is pending proves nothing: the one that covers a write may not have begun. But Redis begins one, in the flush
/// after every command that writes, as soon as its clock shows a later second than at the sync before and none is under way.
/// So: at some look none was under way. What came before is in the file after the flush that follows, before any sync begins.
/// When the clock has shown a later second, a flush of our own has found a sync that began since, or begun one; and when
/// none is under way after that, it has ended. A rewrite moves on to another file and syncs the old one unseen, so it begins
/// the proof anew; what came before it is in the file that it syncs before it ends.
/// </remarks>
internal sealed class SyncProof
{
    // One whose command crossed into the later second, one whose flush goes by it at the latest, and one that sees what came of it.
    private const int LaterLooks = 3;

    private SyncLook? _previous;
    private long? _quietSecond;
    private int _later;

    /// <summary>Whether the proof still waits for a rewrite to end.</summary>
    public bool WaitsForRewrite => _previous is { IsRewriting: true };

    /// <summary>Takes the next look; true once the proof is complete.</summary>
    public bool Add(SyncLook look)
    {
        if (look.IsRewriting || (_previous is { } previous && previous.Rewrites != look.Rewrites)) _quietSecond = null;
        _previous = look;
        if (look.IsRewriting) return false;
        if (_quietSecond is not { } second)
        {
            if (!look.IsSyncing) (_quietSecond, _later) = (look.Second, 0);
            return false;
        }

        if (look.Second > second) _later++;
        return _later >= LaterLooks && !look.IsSyncing;
    }

    /// <summary>Takes a look at Redis.</summary>
    /// <param name="redis">The database.</param>
    /// <param name="key">What is written.</param>
    /// <param name="timeToLive">How long Redis keeps it.</param>
    /// <exception cref="TimeoutException">Redis could not write or sync its file.</exception>
    public static async Task<SyncLook> LookAsync(IDatabase redis, RedisKey key, TimeSpan timeToLive)
    {
        // Together, so that the flush after the write sees what the look saw.
        var look = redis.CreateTransaction();
        var write = look.StringSetAsync(key, "", timeToLive).Abandonable();
        var time = look.ExecuteAsync("TIME").Abandonable();
        var persistence = look.ExecuteAsync("INFO", "persistence").Abandonable();
        await look.ExecuteAsync();
        await write;
        var info = RedisInfo.Parse((string?)await persistence);
        if (info.Text("aof_last_write_status") is not (null or "ok")) throw new TimeoutException("Redis could not write its append-only file");
        return new SyncLook(
            long.Parse(((string[])(await time)!)[0], CultureInfo.InvariantCulture),
            info.Number("aof_pending_bio_fsync") is not 0,
            info.Number("aof_rewrite_in_progress") is not 0,
            info.Number("aof_rewrites") ?? 0);
    }
}
