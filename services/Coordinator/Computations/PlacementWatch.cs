using Cluster.Contracts.Devices;
using Cluster.Coordinator.Placements;
using Cluster.Storage.Registry;

namespace Cluster.Coordinator.Computations;

/// <summary>Where a job's items go now, by device spec, and, while some can go nowhere, since when and why. Owned by one runner.</summary>
internal sealed class PlacementWatch(ComputationPlan plan, TimeSpan timeout, TimeProvider time)
{
    private readonly WorkSkill _skill = WorkSkill.Computation(plan.Computation);
    private readonly Dictionary<DeviceSpec, Placement> _placements = [];
    private readonly Dictionary<DeviceSpec, LimitedWait> _waits = [];
    private readonly LimitedWait _unknown = new(timeout, time);

    /// <summary>What is missing while items can go nowhere; empty while all can go somewhere.</summary>
    public string WaitingFor { get; private set; } = "";

    /// <summary>
    /// For too long a device that was asked for by name has not been there, or no worker of those that are there has known
    /// the computation. Other items wait for ever: any worker that comes can finish them.
    /// </summary>
    public bool HasTimedOut => _unknown.HasTimedOut || _waits.Any(w => w.Key != DeviceSpec.Any && w.Value.HasTimedOut);

    /// <summary>Where the merge goes: any worker that knows the computation; null while there is none.</summary>
    public string? MergeQueue { get; private set; }

    /// <summary>Full names of all devices that its items can go to now.</summary>
    public IReadOnlyCollection<string> Devices
        => [.. _placements.Values.SelectMany(placement => placement.Targets).SelectMany(target => target.Devices).Distinct()];

    /// <summary>Where items of a device spec go now; null while nothing serves it.</summary>
    public Placement? For(DeviceSpec spec) => _placements.GetValueOrDefault(spec);

    /// <summary>Looks at the live workers; true when it waits for something new.</summary>
    /// <param name="workers">The live workers.</param>
    /// <param name="wanted">Device specs of items that are not done.</param>
    public bool Update(IReadOnlyList<RegisteredTask> workers, IReadOnlyCollection<DeviceSpec> wanted)
    {
        _placements.Clear();
        _unknown.Set(Placement.IsUnknown(_skill, workers));
        MergeQueue = Placement.For(DeviceSpec.Any, soft: false, _skill, workers)?.Targets[^1].Key.Queue;
        var missing = new List<string>();
        foreach (var spec in wanted)
        {
            if (Placement.For(spec, plan.SoftPlacement, _skill, workers) is { } placement) _placements[spec] = placement;
            else missing.Add(Placement.Missing(spec, _skill, workers));
        }

        foreach (var spec in _waits.Keys.Union(wanted).ToList()) WaitFor(spec, wanted.Contains(spec) && !_placements.ContainsKey(spec));
        if (missing.Count == 0 && wanted.Count == 0 && MergeQueue is null) missing.Add(Placement.Missing(DeviceSpec.Any, _skill, workers));

        var waitingFor = missing.FirstOrDefault("");
        var changed = waitingFor.Length > 0 && waitingFor != WaitingFor;
        WaitingFor = waitingFor;
        return changed;
    }

    private void WaitFor(DeviceSpec spec, bool isWaiting)
    {
        if (!isWaiting)
        {
            _waits.Remove(spec);
            return;
        }

        if (!_waits.TryGetValue(spec, out var wait)) _waits.Add(spec, wait = new LimitedWait(timeout, time));
        wait.Set(true);
    }
}
