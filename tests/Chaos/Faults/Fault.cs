using System.Globalization;

namespace Cluster.Chaos.Faults;

internal enum FaultKind
{
    /// <summary>SIGKILL; started again after <see cref="Fault.Length"/>.</summary>
    KillWorker,
    KillStore,
    KillCoordinator,

    /// <summary>SIGTERM; started again after <see cref="Fault.Length"/>.</summary>
    StopWorker,

    /// <summary>SIGSTOP for <see cref="Fault.Length"/>, past the lease or not.</summary>
    SuspendWorker,
    SuspendStore,
    SuspendCoordinator,

    /// <summary>SIGKILL; started again on its data after <see cref="Fault.Length"/>.</summary>
    RestartRedis,
    RestartBroker,

    /// <summary>All connections of a link are reset.</summary>
    CutLink,

    /// <summary>Nothing passes over a link for <see cref="Fault.Length"/>, and nobody is told.</summary>
    HoldLink,

    /// <summary>Each piece of up to 64 KiB takes <see cref="Fault.Delay"/> longer over a link, for <see cref="Fault.Length"/>.</summary>
    DelayLink,
}

/// <summary>One fault of a schedule.</summary>
/// <param name="At">Time since the schedule began; later where the target is still busy with the fault before.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Target">What it happens to: <c>worker-1</c>, <c>link redis</c>.</param>
/// <param name="Index">Which of its kind the target is.</param>
/// <param name="Length">How long it lasts.</param>
/// <param name="Delay">Of <see cref="FaultKind.DelayLink"/> alone.</param>
internal sealed record Fault(TimeSpan At, FaultKind Kind, string Target, int Index, TimeSpan Length, TimeSpan Delay)
{
    /// <summary>Whether a process ends by it.</summary>
    public bool Ends => Kind <= FaultKind.StopWorker || Kind is FaultKind.RestartRedis or FaultKind.RestartBroker;

    public override string ToString()
    {
        var length = Length > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $" for {Length.TotalSeconds:0.0} s") : "";
        var delay = Delay > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $" by {Delay.TotalMilliseconds:0} ms") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds,6:0.0} s  {Kind} {Target}{length}{delay}");
    }
}
