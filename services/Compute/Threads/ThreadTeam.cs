using System.Runtime.ExceptionServices;

namespace Cluster.Compute.Threads;

/// <summary>
/// Parked threads that help a caller with the parts of a job. One caller has them at a time; another that comes meanwhile does
/// its job alone, so that no more threads run than there are cores for. Nothing is allocated for a job.
/// </summary>
/// <remarks>
/// <see cref="_ticket"/> is the run's number and how many of its parts nobody has taken. Job and parts are written before a run's
/// ticket, and a thread reads the ticket before them; if its compare and swap then takes a part, they are that run's. A run
/// ends when all its parts are done, so whoever has taken one may rely on them; helpers that wake too late find none left.
/// </remarks>
internal sealed class ThreadTeam : IDisposable
{
    private static readonly TimeSpan IdlePeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndPeriod = TimeSpan.FromSeconds(5);

    private readonly Thread[] _helpers;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly ManualResetEventSlim _done = new(false);
    private CpuJob? _job;
    private int _parts;
    private long _ticket;
    private int _completed;
    private int _isTaken;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _isDisposed;

    /// <param name="cores">Threads with the caller's.</param>
    public ThreadTeam(int cores)
    {
        _helpers = new Thread[cores - 1];
        for (var i = 0; i < _helpers.Length; i++)
        {
            _helpers[i] = new Thread(Help) { IsBackground = true, Name = $"kernels {i + 1}" };
            _helpers[i].Start();
        }
    }

    public int Cores => _helpers.Length + 1;

    internal int LiveHelpers => _helpers.Count(helper => helper.IsAlive);

    /// <summary>Runs parts 0 to <paramref name="parts"/> - 1, in any order, and returns when all are done.</summary>
    public void Run(CpuJob job, int parts)
    {
        if (parts > 1 && _helpers.Length > 0 && Interlocked.CompareExchange(ref _isTaken, 1, 0) == 0)
        {
            try
            {
                RunTogether(job, parts);
            }
            finally
            {
                Volatile.Write(ref _isTaken, 0);
            }

            return;
        }

        for (var part = 0; part < parts; part++)
            job.Execute(part);
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (_helpers.Length > 0) _wake.Release(_helpers.Length);
        var haveEnded = true;
        foreach (var helper in _helpers)
            haveEnded &= helper.Join(EndPeriod);
        // A helper that is still in a part may yet use them.
        if (!haveEnded) return;
        _wake.Dispose();
        _done.Dispose();
    }

    private void RunTogether(CpuJob job, int parts)
    {
        _failure = null;
        _done.Reset();
        (_job, _parts, _completed) = (job, parts, 0);
        var run = (_ticket >> 32) + 1;
        Volatile.Write(ref _ticket, (run << 32) | (uint)parts);

        var wanted = Math.Min(_helpers.Length, parts - 1) - _wake.CurrentCount;
        if (wanted > 0) _wake.Release(wanted);
        TakeParts();
        while (!_done.Wait(EndPeriod))
        {
            // A helper is in a part, which ends.
        }

        _job = null;
        _failure?.Throw();
    }

    private void Help()
    {
        while (!_isDisposed)
        {
            if (_wake.Wait(IdlePeriod))
                TakeParts();
        }
    }

    private void TakeParts()
    {
        while (true)
        {
            var ticket = Volatile.Read(ref _ticket);
            var left = (int)ticket;
            if (left == 0) return;
            if (Interlocked.CompareExchange(ref _ticket, ticket - 1, ticket) != ticket) continue;

            var parts = _parts;
            Execute(_job!, parts - left);
            if (Interlocked.Increment(ref _completed) == parts) _done.Set();
        }
    }

    private void Execute(CpuJob job, int part)
    {
        try
        {
            job.Execute(part);
        }
#pragma warning disable CA1031 // The first failure is thrown to the caller, from whichever thread it came.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
        }
    }
}
