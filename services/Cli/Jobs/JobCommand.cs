using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Reports;

namespace Cluster.Cli.Jobs;

/// <summary><c>cluster job ID</c>.</summary>
internal sealed class JobCommand : ClusterCommand
{
    private readonly Argument<string> _id = JobArgument.Create();

    public JobCommand(CommandLineHost host, GlobalOptions globals)
        : base("job", "Show what is on record of a job.", host, globals)
        => Arguments.Add(_id);

    public override IReadOnlyList<string> Examples { get; } = ["job 1a2b3c", "job 1a2b3c --json"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        JobReport.WriteJob(run, await client.GetJobAsync(run.Parsed.GetRequiredValue(_id), cancellationToken));
        return ExitCode.Ok;
    }
}
