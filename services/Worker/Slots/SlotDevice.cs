using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Cluster.Compute.Devices;

namespace Cluster.Worker.Slots;

/// <summary>
/// The processor of a slot: open, or lost and about to be opened anew with pauses that grow. The item that holds the slot uses
/// it; while it is lost, nobody holds the slot and the loop that opens it owns it.
/// </summary>
internal sealed class SlotDevice : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Func<IDevice> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private volatile IDevice? _device;
    private volatile string _unhealthy = "";
    private TimeSpan _pause = FirstPause;
    private long _openedAt;
    private int _disposed;

    /// <param name="info">What the device is.</param>
    /// <param name="open">Opens it; called again after it was lost.</param>
    /// <param name="time">Clock of the pauses.</param>
    /// <param name="logger">Where losses and returns are said.</param>
    public SlotDevice(DeviceInfo info, Func<IDevice> open, TimeProvider time, ILogger logger)
    {
        (Info, _open, _time, _logger) = (info, open, time, logger);
        if (!TryOpen()) _ = ReopenAsync();
    }

    public DeviceInfo Info { get; }

    /// <summary>Why it takes no items, one line; empty while it is healthy.</summary>
    public string Unhealthy => _unhealthy;

    public bool IsHealthy => _device is not null;

    /// <summary>
    /// Called when the device is lost, before it is closed: whoever keeps something on it between items gives it back now. The
    /// driver opens the lost context again, not another one, for as long as anything holds it.
    /// </summary>
    public event Action? Lost;

    /// <summary>Called when the device works again, by the loop that opened it.</summary>
    public event Action? Recovered;

    /// <exception cref="DeviceException">It is lost.</exception>
    public IDevice Open => _device ?? throw new DeviceException($"{Info.Name} takes no items: {_unhealthy}");

    /// <summary>The holder of the slot found that nothing works on it any more.</summary>
    public void Lose(Exception cause)
    {
        if (_device is not { } lost) return;
        SetUnhealthy(cause);
        WorkerLog.DeviceLost(_logger, Info.Name, Info.Index, _unhealthy);
        // One that is lost again soon after it came back waits longer each time.
        if (_time.GetElapsedTime(_openedAt) > LongestPause) _pause = FirstPause;
        Lost?.Invoke();
        _ = ReopenAsync(lost);
    }

    public void Dispose()
    {
        // The container disposes of the pool once for each of its registrations.
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _stop.Cancel();
        _device?.Dispose();
        _stop.Dispose();
    }

    private async Task ReopenAsync(IDevice? lost = null)
    {
        // Not what the item did that lost it.
        Activity.Current = null;
        try
        {
            await Task.Run(() => Close(lost), _stop.Token);
            do
            {
                await Task.Delay(_pause * (0.75 + (Random.Shared.NextDouble() / 2)), _time, _stop.Token);
                _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
            }
            while (!await Task.Run(TryOpen, _stop.Token));
            WorkerLog.DeviceBack(_logger, Info.Name, Info.Index);
            Recovered?.Invoke();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private void Close(IDevice? lost)
    {
        try
        {
            lost?.Dispose();
        }
        catch (DeviceException e)
        {
            WorkerLog.DeviceNotClosed(_logger, Info.Name, Info.Index, e.Message);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A driver that throws whatever it likes leaves a device that takes no items, and not a worker that "
        + "ends.")]
    private bool TryOpen()
    {
        try
        {
            _device = _open();
            _openedAt = _time.GetTimestamp();
            _unhealthy = "";
            return true;
        }
        catch (Exception e)
        {
            SetUnhealthy(e);
            WorkerLog.DeviceNotOpened(_logger, Info.Name, Info.Index, _unhealthy);
            return false;
        }
    }

    private void SetUnhealthy(Exception cause)
    {
        _unhealthy = cause.Message.ReplaceLineEndings(" ");
        _device = null;
    }
}
