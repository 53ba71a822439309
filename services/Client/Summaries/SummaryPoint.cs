namespace Cluster.Client.Summaries;

/// <summary>What a training job measured up to a clock.</summary>
/// <param name="Clock">The clock: steps taken.</param>
/// <param name="At">When it was noted.</param>
/// <param name="Values">Finite numbers by name: see <see cref="Contracts.Jobs.SummaryNames"/>.</param>
public sealed record SummaryPoint(long Clock, DateTimeOffset At, IReadOnlyDictionary<string, double> Values);
