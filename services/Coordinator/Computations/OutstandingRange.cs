using Cluster.Compute.Computations;
using Cluster.Contracts.Devices;
using Cluster.Coordinator.Placements;

namespace Cluster.Coordinator.Computations;

/// <summary>A range that is cut and not recorded. Owned by its job's runner.</summary>
internal sealed class OutstandingRange(GrainRange range, DeviceSpec device, TimeSpan patience)
{
    private TimeSpan _patience = patience;
    private long? _since;

    public GrainRange Range { get; } = range;

    /// <summary>Device spec that was asked for.</summary>
    public DeviceSpec Device { get; } = device;

    /// <summary>Where it goes, or went; null while that is open.</summary>
    public PlacementKey? Target { get; set; }

    /// <summary>Worker incarnation that claims it, as last seen; empty for none.</summary>
    public string Claimant { get; private set; } = "";

    public bool IsPublished => _since is not null;

    public void Published(long timestamp) => _since = timestamp;

    /// <summary>To be published at the next occasion.</summary>
    public void Recall() => _since = null;

    /// <summary>Takes note of who claims it now; a new claimant gets the whole patience.</summary>
    public void ClaimedBy(string claimant, long timestamp)
    {
        if (claimant == Claimant) return;
        Claimant = claimant;
        if (IsPublished && claimant.Length > 0) _since = timestamp;
    }

    /// <summary>Whether it has stood still for longer than its patience; the patience then doubles.</summary>
    public bool LosesPatience(TimeProvider time)
    {
        if (_since is not { } since || time.GetElapsedTime(since) < _patience) return false;
        _patience *= 2;
        return true;
    }
}
