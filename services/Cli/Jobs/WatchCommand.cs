using System.CommandLine;
using Cluster.Cli.Invocation;

namespace Cluster.Cli.Jobs;

/// <summary><c>cluster watch ID</c>.</summary>
internal sealed class WatchCommand : ClusterCommand
{
    private readonly Argument<string> _id = JobArgument.Create();
    private readonly Option<bool> _cancelOnExit = new("--cancel-on-exit")
    {
        Description = "Ctrl+C cancels the job instead of leaving it; a second one ends the command and says how to cancel it.",
    };

    public WatchCommand(CommandLineHost host, GlobalOptions globals)
        : base("watch", "Follow a job to its end and show its result. Ctrl+C leaves it.", host, globals)
    {
        Arguments.Add(_id);
        Options.Add(_cancelOnExit);
    }

    public override IReadOnlyList<string> Examples { get; } = ["watch 1a2b3c"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var follower = new JobFollower(run, client, run.Parsed.GetValue(_cancelOnExit));
        return await follower.FollowAsync(run.Parsed.GetRequiredValue(_id), cancellationToken);
    }
}
