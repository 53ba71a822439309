using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Planning;
using Cluster.Storage.Registry;

namespace Cluster.Coordinator.Supervision;

/// <summary>Where a training job's items go now, and, while they can go nowhere, since when and why. Owned by one runner.</summary>
internal sealed class TrainingPlacementWatch(TrainingSpec spec, TimeSpan timeout, TimeProvider time)
{
    private readonly DeviceSpec _device = DeviceSpec.Parse(spec.Device ?? "");
    private readonly WorkSkill _skill = WorkSkill.Model(spec.Model);
    private readonly LimitedWait _wait = new(timeout, time);
    private readonly LimitedWait _unknown = new(timeout, time);

    /// <summary>What is missing while items can go nowhere; empty while they can.</summary>
    public string WaitingFor { get; private set; } = "";

    /// <summary>
    /// Why the job fails: for too long a device that was asked for has not been there, or no worker of those that are there
    /// has known the model. Null while it goes on; any other job waits for ever.
    /// </summary>
    public string? Error => _unknown.HasTimedOut || (_device != DeviceSpec.Any && _wait.HasTimedOut)
        ? $"waited {timeout.TotalSeconds:0} s for {WaitingFor}"
        : null;

    /// <summary>Looks at the live workers.</summary>
    /// <returns>Where items go; null while they can go nowhere.</returns>
    public TrainingPlacement? Update(IReadOnlyList<RegisteredTask> workers)
    {
        var placement = TrainingPlacement.For(spec, workers);
        _wait.Set(placement is null);
        _unknown.Set(Placement.IsUnknown(_skill, workers));
        WaitingFor = placement is null ? Placement.Missing(_device, _skill, workers) : "";
        return placement;
    }
}
