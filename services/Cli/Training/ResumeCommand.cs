using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Jobs;

namespace Cluster.Cli.Training;

/// <summary><c>cluster resume JOB</c>.</summary>
internal sealed class ResumeCommand : ClusterCommand
{
    private readonly Argument<string> _id = JobArgument.Create();
    private readonly JobLaunch _launch;

    public ResumeCommand(CommandLineHost host, GlobalOptions globals)
        : base("resume", "Go on with a training job that was cancelled or failed, as a new job that begins with its last commit.", host, globals)
    {
        Arguments.Add(_id);
        _launch = new JobLaunch(host);
        _launch.AddTo(this);
    }

    public override IReadOnlyList<string> Examples { get; } = ["resume training-abcdefgh", "resume training-abcdefgh --detach"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var id = run.Parsed.GetRequiredValue(_id);
        return await _launch.RunAsync(run, client, (key, t) => client.ResumeAsync(id, key, t), cancellationToken);
    }
}
