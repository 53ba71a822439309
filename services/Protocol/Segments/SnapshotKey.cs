namespace Cluster.Protocol.Segments;

/// <summary>Names one ps task's state at a segment boundary. What lies under it never changes.</summary>
/// <param name="Job">The job.</param>
/// <param name="Task">The index of the ps task.</param>
/// <param name="Generation">The generation that computed it.</param>
/// <param name="Incarnation">The ps process that wrote it.</param>
/// <param name="Clock">The clock of all lanes in it.</param>
public sealed record SnapshotKey(string Job, int Task, Generation Generation, ulong Incarnation, long Clock);
