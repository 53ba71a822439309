using Cluster.ServiceDefaults.Registry;

namespace Cluster.Coordinator.Computations;

/// <summary>Where a job's items go now, and, while they can go nowhere, since when and why. Owned by one runner.</summary>
internal sealed class PlacementWatch(ComputationPlan plan, TimeSpan timeout, TimeProvider time)
{
    private long? _waitingSince;

    public Placement? Current { get; private set; }

    /// <summary>What is missing while nothing can be placed; empty while something can.</summary>
    public string WaitingFor { get; private set; } = "";

    /// <summary>
    /// A device was asked for by name and has not been there for too long. A job that takes any device waits for ever:
    /// any worker that comes can finish it.
    /// </summary>
    public bool HasTimedOut => _waitingSince is { } since && plan.Device != Contracts.Devices.DeviceSpec.Any && time.GetElapsedTime(since) > timeout;

    /// <summary>Looks at the live workers; true when it waits for something new.</summary>
    public bool Update(IReadOnlyList<RegisteredTask> workers)
    {
        Current = Placement.For(plan.Device, plan.Computation, workers);
        var missing = Current is null ? Placement.Missing(plan.Device, plan.Computation, workers) : "";
        var changed = missing.Length > 0 && missing != WaitingFor;
        _waitingSince = Current is null ? _waitingSince ?? time.GetTimestamp() : null;
        WaitingFor = missing;
        return changed;
    }
}
