using System.Diagnostics;
using System.Runtime.InteropServices;
using Cluster.Contracts.Errors;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Storage.Snapshots;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Shards;

/// <summary>A job's range on one ps task: what the coordinator asks of it, and its way to and from Redis.</summary>
internal sealed class ShardHost : IDisposable
{
    private static readonly TimeSpan WriteRetry = TimeSpan.FromSeconds(1);

    private readonly V1.Shard _settings;
    private readonly ShardOptions _options;
    private readonly ShardContext _context;
    private readonly int _index;
    private readonly ulong _incarnation;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _closed;
    // These are owned by the loop; this one is the last call that opened a segment, or ended one.
    private ActivityContext _advanced;
    private string _loadError = "";
    private bool _isWriting;
    private long _writeFailed;

    public ShardHost(string job, int index, ulong incarnation, V1.Shard settings, TimeSpan sendTimeout, ShardContext context)
    {
        (_index, _incarnation, _settings, _context) = (index, incarnation, settings, context);
        _options = ShardSettings.ToOptions(settings);
        _closed = _stop.Token;
        Loop = new ShardLoop(job, _options, settings.Mode != V1.Mode.Synchronous, sendTimeout, context) { Handled = WriteWhatIsCopied };
    }

    public ShardLoop Loop { get; }

    public long MemoryBytes => Bytes(_options);

    /// <summary>All that a shard ever takes, versions under way to workers and to Redis included.</summary>
    public static long Bytes(ShardOptions options) =>
        checked(options.MemoryBytes() + SnapshotWriter.BufferBytes(options.Length));

    /// <summary>The newest generation that it was asked to open. Owned by the gate of its task, as is <see cref="IsAsked"/>.</summary>
    public Generation Newest { get; private set; }

    public void IsAsked(Generation generation)
    {
        if (generation.Counter > Newest.Counter) Newest = generation;
    }

    public bool Has(V1.Shard settings) => _settings.Equals(settings);

    /// <summary>Begins to load a generation, unless it or a newer one was begun before.</summary>
    public async Task OpenAsync(Generation generation, V1.Snapshot? committed)
    {
        if (!await Loop.CallAsync(() => Loop.Shard.BeginLoad(generation))) return;
        ParameterStoreLog.ShardOpened(_context.Logger, Loop.Job, generation, Loop.Length, MemoryBytes);
        _ = LoadAsync(generation, committed);
    }

    public Task<PushOutcome> AdvanceAsync(Generation generation, long committed, Segment segment)
    {
        var call = Activity.Current?.Context ?? default;
        return Loop.CallAsync(() =>
        {
            var outcome = Loop.Shard.Advance(generation, committed, segment, Loop.Now);
            _advanced = call;
            return outcome;
        });
    }

    public Task<bool> WriteAgainAsync(Generation generation, long clock) => Loop.CallAsync(() =>
    {
        var isCurrent = Loop.Shard.Generation == generation;
        if (isCurrent) Loop.Shard.Snapshot.MarkLost(clock);
        return isCurrent;
    });

    public Task<V1.ShardReport> ReportAsync() => Loop.CallAsync(Report);

    /// <summary>Ends the loop and what is under way to and from Redis.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Loop.Close();
        _stop.Dispose();
    }

    private V1.ShardReport Report()
    {
        var report = Loop.Shard.Report(_incarnation).ToMessage();
        report.Examples = Loop.Shard.Examples;
        report.MemoryBytes = MemoryBytes;
        report.Streams = Loop.Streams;
        report.Hints = Loop.Hints;
        foreach (var count in Loop.Shard.Staleness.Used)
            report.Staleness.Add(count);
        report.LoadError = Loop.Shard.Phase == ShardPhase.Idle ? _loadError : "";
        foreach (var outcome in Enum.GetValues<PushOutcome>())
            report.Outcomes[outcome.ToString()] = Loop.Shard.Count(outcome) + (outcome == PushOutcome.NotReady ? Loop.NotAttached : 0);
        return report;
    }

    private async Task LoadAsync(Generation generation, V1.Snapshot? committed)
    {
        using var span = StoreTracing.Begin("shard load", Loop.Job, _index, Activity.Current?.Context ?? default);
        try
        {
            if (committed is null)
                await Loop.CallAsync(() => Initialise(generation));
            else
                await RestoreAsync(generation, committed);
        }
        catch (ObjectDisposedException)
        {
            // Closed.
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
#pragma warning disable CA1031 // Whatever went wrong, the report says that this generation is not served, and why is in the log.
        catch (Exception e)
#pragma warning restore CA1031
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            ParameterStoreLog.LoadFailed(_context.Logger, e, Loop.Job, generation.ToString());
            await LeaveAsync(generation, FailureText.Of(e));
        }
    }

    private bool Initialise(Generation generation)
    {
        if (!IsLoading(generation)) return false;
        InitialParameters.Fill(_settings.Initial, _settings.Offset, Loop.Shard.LoadingParameters);
        _options.Optimizer.Initialise(Loop.Shard.LoadingParameters, Loop.Shard.LoadingSlots);
        Loop.Shard.CompleteLoad(generation, 0, 0);
        return true;
    }

    private async Task RestoreAsync(Generation generation, V1.Snapshot committed)
    {
        var key = new SnapshotKey(Loop.Job, _index, committed.Generation.ToGeneration(), committed.Incarnation, committed.Clock);
        var head = await _context.Reader.ReadAsync(
            key, _options.Length, _options.Optimizer.Slots, (vector, offset, part) => Loop.CallAsync(() => Take(generation, vector, offset, part)), _closed);
        if (head is null) return;
        await Loop.CallAsync(() =>
        {
            if (IsLoading(generation)) Loop.Shard.CompleteLoad(generation, head.Clock, head.Examples);
            return true;
        });
    }

    private bool Take(Generation generation, int vector, int offset, ReadOnlyMemory<byte> part)
    {
        if (!IsLoading(generation)) return false;
        var target = vector == 0 ? Loop.Shard.LoadingParameters : Loop.Shard.LoadingSlots.Slice((vector - 1) * _options.Length, _options.Length);
        MemoryMarshal.Cast<byte, float>(part.Span).CopyTo(target[offset..]);
        return true;
    }

    private async Task LeaveAsync(Generation generation, string error)
    {
        try
        {
            await Loop.CallAsync(() =>
            {
                if (!IsLoading(generation)) return false;
                _loadError = error;
                Loop.Shard.Leave(generation);
                return true;
            });
        }
        catch (ObjectDisposedException)
        {
            // Closed.
        }
    }

    private bool IsLoading(Generation generation) => Loop.Shard.Phase == ShardPhase.Loading && Loop.Shard.Generation == generation;

    // In the loop, after each message.
    private void WriteWhatIsCopied()
    {
        var copy = Loop.Shard.Snapshot;
        if (_isWriting || !copy.IsHeld || copy.IsWritten) return;
        if (_writeFailed != 0 && _context.Time.GetElapsedTime(_writeFailed) < WriteRetry) return;
        _isWriting = true;
        var key = new SnapshotKey(Loop.Job, _index, Loop.Shard.Generation, _incarnation, copy.Clock);
        var examples = copy.Examples;
        var advanced = _advanced;
        _ = Task.Run(() => WriteAsync(key, examples, advanced));
    }

    private async Task WriteAsync(SnapshotKey key, long examples, ActivityContext advanced)
    {
        using var span = StoreTracing.Begin("snapshot write", Loop.Job, _index, advanced)?.SetTag("cluster.clock", key.Clock);
        var isWritten = false;
        var hasFailed = false;
        var started = _context.Time.GetTimestamp();
        try
        {
            isWritten = await _context.Writer.WriteAsync(key, examples, _options.Length, _options.Optimizer.Slots,
                (vector, offset, target) => Loop.CallAsync(() => Copy(key, vector, offset, target)), _closed);
        }
#pragma warning disable CA1031 // Whatever went wrong, it is written again later.
        catch (Exception e)
#pragma warning restore CA1031
        {
            hasFailed = true;
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            if (!_closed.IsCancellationRequested)
            {
                _context.Metrics.SnapshotFailed();
                ParameterStoreLog.SnapshotFailed(_context.Logger, Loop.Job, key.Clock, e.Message);
            }
        }

        if (isWritten) _context.Metrics.SnapshotWritten(_context.Time.GetElapsedTime(started));
        try
        {
            await Loop.CallAsync(() =>
            {
                _isWriting = false;
                _writeFailed = hasFailed ? _context.Time.GetTimestamp() : 0;
                if (isWritten && IsHeld(key)) Loop.Shard.Snapshot.MarkWritten(key.Clock);
                return true;
            });
        }
        catch (ObjectDisposedException)
        {
            // Closed.
        }
    }

    private bool Copy(SnapshotKey key, int vector, int offset, Memory<byte> target)
    {
        if (!IsHeld(key)) return false;
        var source = vector == 0 ? Loop.Shard.Snapshot.Parameters : Loop.Shard.Snapshot.Slots.Slice((vector - 1) * _options.Length,
            _options.Length);
        MemoryMarshal.AsBytes(source.Slice(offset, target.Length / sizeof(float))).CopyTo(target.Span);
        return true;
    }

    private bool IsHeld(SnapshotKey key) => Loop.Shard.Generation == key.Generation && Loop.Shard.Snapshot.Clock == key.Clock;
}
