using Cluster.Storage.Durability;

namespace Cluster.Storage.Tests.Durability;

/// <summary>
/// Redis 7.0 with <c>appendfsync everysec</c>, by the rules of its <c>flushAppendOnlyFile</c> and its rewrites, on a disk that takes as
/// long as it likes. It knows what is on that disk.
/// </summary>
internal sealed class SimulatedAppendOnlyFile(Random random, int longestSync, double rewritesPerSecond)
{
    private const int CronPeriod = 100;
    private const int LongestRewrite = 700;
    private const int ForcedAfter = 2;

    private readonly List<DiskJob> _jobs = [];
    private long _now = random.Next(100_000);
    private long _cached;
    private long _lastSync;
    private long _postponedSince;
    private long _written;
    private long _synced;
    private long _appended;
    private int _file;
    private int _fileOfMark;
    private long _mark = -1;
    private long _rewriteEnds = -1;
    private long _rewrites;

    /// <summary>Milliseconds.</summary>
    public long Now => _now;

    /// <summary>Whether the marked write is on disk.</summary>
    public bool IsMarkOnDisk => _jobs.Exists(job => job.Ends <= _now && job.Covers >= _mark && (job.File is not { } file || file == _fileOfMark));

    /// <summary>Another client writes, and its write is acknowledged: the one that is asked about from now on.</summary>
    public void Mark()
    {
        Execute();
        _mark = ++_appended;
        Flush(force: false);
    }

    /// <summary>Lets time pass, in which others write, or not, and files are rewritten.</summary>
    public void Pass(int milliseconds)
    {
        for (var end = _now + milliseconds; _now < end;)
        {
            _now = Math.Min(end, _now + 1 + random.Next(CronPeriod));
            Execute();
            if (random.Next(4) == 0) _appended++;
            if (_rewriteEnds < _now && random.NextDouble() < rewritesPerSecond * CronPeriod / 2000) BeginRewrite();
            Flush(force: false);
        }
    }

    /// <summary>Looks at it; the second that is read may be a later one than that of the command.</summary>
    public SyncLook Look()
    {
        Execute();
        _appended++;
        if (random.Next(3) == 0) _now += random.Next(3);
        var look = new SyncLook(_now / 1000, IsSyncing, _rewriteEnds > _now, _rewrites);
        Flush(force: false);
        return look;
    }

    private bool IsSyncing => _jobs.Exists(job => job.IsCounted && job.Ends > _now);

    private void Execute() => _cached = _now / 1000;

    private void Flush(bool force)
    {
        var isSyncing = IsSyncing;
        if (_appended > _written)
        {
            if (isSyncing && !force && IsPostponed()) return;
            _postponedSince = 0;
            if (_mark > _written) _fileOfMark = _file;
            _written = _appended;
        }
        else if (_synced == _written || isSyncing)
        {
            return;
        }

        if (_cached <= _lastSync) return;
        if (!isSyncing)
        {
            _jobs.Add(new DiskJob(_file, _written, _now + random.Next(longestSync), IsCounted: true));
            _synced = _written;
        }

        _lastSync = _cached;
    }

    private bool IsPostponed()
    {
        if (_postponedSince == 0) _postponedSince = _cached;
        return _cached - _postponedSince < ForcedAfter;
    }

    // The old file is synced and closed by a job that nobody counts; what was in memory then is in the new base at the end.
    private void BeginRewrite()
    {
        _rewrites++;
        Flush(force: true);
        _jobs.Add(new DiskJob(_file, _written, _now + random.Next(longestSync), IsCounted: false));
        _rewriteEnds = _now + 1 + random.Next(LongestRewrite);
        _jobs.Add(new DiskJob(null, _appended, _rewriteEnds, IsCounted: false));
        (_file, _synced, _lastSync) = (_file + 1, _written, _cached);
    }

    /// <param name="File">Whose part it syncs; null for a base, which has everything.</param>
    /// <param name="Covers">The last write in it.</param>
    /// <param name="Ends">When.</param>
    /// <param name="IsCounted">Whether INFO shows it.</param>
    private sealed record DiskJob(int? File, long Covers, long Ends, bool IsCounted);
}
