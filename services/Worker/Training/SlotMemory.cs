using Cluster.Compute.Devices;
using Cluster.Worker.Slots;

namespace Cluster.Worker.Training;

/// <summary>What a slot keeps on its device for training, between items too: a stream,
/// and the buffers and sessions of the jobs that take turns on it.</summary>
/// <remarks>
/// For whoever has the slot's exchange, one at a time. What is here goes when the device is lost, whichever item found that
/// out: an item of another kind may, so the lock is between that item's thread and one that clears an idle exchange.
/// </remarks>
internal sealed class SlotMemory : IDisposable
{
    private const int MaxJobs = 2;

    private readonly SlotDevice _hardware;
    private readonly Lock _gate = new();
    private readonly List<SegmentMemory> _memories = [];
    private IDeviceStream? _stream;

    public SlotMemory(SlotDevice hardware)
    {
        _hardware = hardware;
        hardware.Lost += Release;
    }

    /// <summary>The buffers for an item's job.</summary>
    /// <exception cref="DeviceException">The device takes no items.</exception>
    /// <exception cref="DeviceLostException">The device is lost.</exception>
    /// <exception cref="BatchFailedException">The device has not as much memory left as the model takes:
    /// that counts against the first batch of the item.</exception>
    public SegmentMemory For(SegmentRun run)
    {
        var device = _hardware.Open;
        lock (_gate)
        {
            var place = _memories.FindIndex(memory => memory.IsFor(run.JobId, run.Context));
            var memory = place >= 0 ? _memories[place] : Allocate(run, device);
            if (place >= 0) _memories.RemoveAt(place);
            _memories.Insert(0, memory);
            return memory;
        }
    }

    /// <summary>Gives the jobs' memory back.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            while (_memories.Count > 0) Forget(_memories.Count - 1);
        }
    }

    public void Dispose()
    {
        _hardware.Lost -= Release;
        Release();
    }

    // As far as the device still takes it.
    private void Release()
    {
        lock (_gate)
        {
            Clear();
            _stream?.Dispose();
            _stream = null;
        }
    }

    private SegmentMemory Allocate(SegmentRun run, IDevice device)
    {
        while (_memories.Count >= MaxJobs) Forget(_memories.Count - 1);
        try
        {
            _stream ??= device.OpenStream();
            return new SegmentMemory(run.JobId, run.Context, _stream);
        }
        catch (Exception e)
        {
            throw BatchFailedException.Of(run.Item.Lanes.Run(0).First, run.Item.Segment.From, e);
        }
    }

    private void Forget(int place)
    {
        _memories[place].Dispose();
        _memories.RemoveAt(place);
    }
}
