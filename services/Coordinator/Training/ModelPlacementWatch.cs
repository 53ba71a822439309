using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.ServiceDefaults.Registry;

namespace Cluster.Coordinator.Training;

/// <summary>Where a training job's items go now, and, while they can go nowhere, since when and why. Owned by one runner.</summary>
internal sealed class ModelPlacementWatch(TrainingSpec spec, TimeSpan timeout, TimeProvider time)
{
    private readonly DeviceSpec _device = DeviceSpec.Parse(spec.Device ?? "");
    private long? _waitingSince;

    /// <summary>What is missing while items can go nowhere; empty while they can.</summary>
    public string WaitingFor { get; private set; } = "";

    /// <summary>Why the job fails: a device was asked for and has not been there for too long. Null while it goes on; without a device it waits for ever.</summary>
    public string? Error => _device != DeviceSpec.Any && _waitingSince is { } since && time.GetElapsedTime(since) > timeout
        ? $"waited {timeout.TotalSeconds:0} s for {WaitingFor}"
        : null;

    /// <summary>Looks at the live workers.</summary>
    /// <returns>Where items go; null while they can go nowhere.</returns>
    public ModelPlacement? Update(IReadOnlyList<RegisteredTask> workers)
    {
        ModelPlacement? placement = ModelPlacement.For(spec, workers);
        _waitingSince = placement is null ? _waitingSince ?? time.GetTimestamp() : null;
        WaitingFor = placement is null ? Placement.Missing(_device, WorkSkill.Model(spec.Model), workers) : "";
        return placement;
    }
}
