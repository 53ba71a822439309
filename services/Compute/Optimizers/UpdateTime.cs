namespace Cluster.Compute.Optimizers;

/// <summary>When an update happens: all that it depends on beside parameters, slots and gradient.</summary>
/// <remarks>
/// Both numbers follow from the lanes' clocks, which are saved with the parameters; so they are right after a restore, and
/// the same on every ps task of a synchronous job. In synchronous mode both are the version of the parameters. In
/// asynchronous mode <see cref="Updates"/> is the sum of the lanes' clocks and <see cref="Clock"/> its mean, rounded down.
/// </remarks>
/// <param name="Clock">Steps before this one, at least 0: what learning-rate schedules count.</param>
/// <param name="Updates">Updates before this one, at least 0: what Adam's correction of bias counts.</param>
public readonly record struct UpdateTime(long Clock, long Updates)
{
    /// <summary>The update from parameters of this version on, one update a step.</summary>
    public static UpdateTime AtStep(long version) => new(version, version);

    /// <summary>The next update of <paramref name="lanes"/> lanes that update by themselves.</summary>
    /// <param name="updates">The sum of their clocks.</param>
    /// <param name="lanes">At least 1.</param>
    public static UpdateTime OfLanes(long updates, int lanes) => new(updates / lanes, updates);
}
