using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Commits;

/// <summary>Something that the coordinator is to do next for a job. All of them are harmless when late or repeated.</summary>
public abstract record SupervisorCommand
{
    private SupervisorCommand()
    {
    }

    /// <summary>Another process holds the coordinator's lease: do nothing more for this job.</summary>
    public sealed record StepDown : SupervisorCommand;

    /// <summary>Ask the store to start a generation.</summary>
    public sealed record StartGeneration(GenerationRequest Request) : SupervisorCommand;

    /// <summary>Tell a ps task to load the committed state, or the initial one, and to serve a generation.</summary>
    public sealed record Open(int Task, Generation Generation, CommitManifest? Manifest) : SupervisorCommand;

    /// <summary>Tell a ps task what is durable and which segment is open.</summary>
    public sealed record Advance(int Task, Generation Generation, long Committed, Segment Segment) : SupervisorCommand;

    /// <summary>Tell a ps task to write its snapshot again, since the store no longer has it.</summary>
    public sealed record WriteAgain(int Task, Generation Generation, long Clock) : SupervisorCommand;

    /// <summary>Ask the store to make a manifest the committed one; the answer goes to <see cref="JobSupervisor.Flipped"/>.</summary>
    public sealed record Flip(FlipRequest Request) : SupervisorCommand;

    /// <summary>Wait until the store has the manifest on disk; then call <see cref="JobSupervisor.Durable"/>.</summary>
    public sealed record ConfirmDurable(ManifestId Manifest) : SupervisorCommand;

    /// <summary>Delete snapshots that no manifest and no reader needs; then call <see cref="JobSupervisor.Deleted"/>.</summary>
    public sealed record DeleteSnapshots(ManifestId Manifest, IReadOnlyList<SnapshotKey> Keys) : SupervisorCommand;

    /// <summary>Send work items to the broker.</summary>
    public sealed record Publish(IReadOnlyList<SegmentItem> Items) : SupervisorCommand;

    /// <summary>All clocks are committed and durable.</summary>
    public sealed record Finish(CommitManifest Manifest) : SupervisorCommand;

    /// <summary>The job met a value that is not finite; the last commit stays.</summary>
    public sealed record Fail(int Task, Divergence Divergence) : SupervisorCommand;
}
