using System.Diagnostics;
using Cluster.Protocol.Segments;
using Cluster.Storage.Training;
using StackExchange.Redis;

namespace Cluster.Worker.Training;

/// <summary>Asks Redis each second whether an item's generation is still the job's, beside the work on it.</summary>
/// <param name="training">Training jobs in Redis.</param>
/// <param name="run">The item.</param>
/// <param name="superseded">Told when it is not.</param>
/// <param name="time">The clock.</param>
internal sealed class GenerationWatch(RedisTraining training, SegmentRun run, Action<SegmentRun, Generation> superseded, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private long _asked = time.GetTimestamp();
    private Task _asking = Task.CompletedTask;
    private int _isTicking;

    /// <summary>Asks when it is time to; does not wait for the answer.</summary>
    public void Tick()
    {
        if (Interlocked.Exchange(ref _isTicking, 1) != 0) return;
        if (_asking.IsCompleted && time.GetElapsedTime(_asked) >= Interval)
        {
            _asked = time.GetTimestamp();
            _asking = AskAsync();
        }

        Volatile.Write(ref _isTicking, 0);
    }

    private async Task AskAsync()
    {
        // Part of no item, however the tick came here.
        Activity.Current = null;
        try
        {
            var current = await training.CurrentGenerationAsync(run.JobId);
            if (current != run.Item.Generation) superseded(run, current);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The work goes on without Redis.
        }
    }
}
