using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Cli.Reports;
using Cluster.Client.Jobs;

namespace Cluster.Cli.Jobs;

/// <summary><c>cluster cancel ID</c>.</summary>
internal sealed class CancelCommand : ClusterCommand
{
    private const int MaxReasonLength = 200;

    private readonly Argument<string> _id = JobArgument.Create();
    private readonly Option<string> _reason = new("--reason")
    {
        Description = $"Shown to those who watch the job, at most {MaxReasonLength} characters.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => "",
    };

    public CancelCommand(CommandLineHost host, GlobalOptions globals)
        : base("cancel", "Cancel a job that has not ended. One that ended before, cancelled or not, stays as it ended, and the exit code is 1.", host, globals)
    {
        Arguments.Add(_id);
        Options.Add(_reason);
        _reason.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { Length: > MaxReasonLength } text }])
                result.AddError($"--reason: {text.Length} characters: must have at most {MaxReasonLength}");
        });
    }

    public override IReadOnlyList<string> Examples { get; } = ["cancel 1a2b3c", "cancel 1a2b3c --reason 'wrong seed'"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var id = run.Parsed.GetRequiredValue(_id);
        // Asked before: a cancellation whose answer was lost is repeated, and finds the job cancelled.
        var job = await client.GetJobAsync(id, cancellationToken);
        var hadEnded = job.State.IsEnd();
        if (!hadEnded) job = await client.CancelAsync(id, run.Parsed.GetRequiredValue(_reason), cancellationToken);
        if (run.Json) JsonLine.Write(run.Output, json => JobJson.Write(json, job));
        else run.Output.WriteLine($"job {job.Id}: {JobText.State(job.State)}");
        if (!hadEnded && job.State == JobState.Cancelled) return ExitCode.Ok;
        run.Display.Note($"job {job.Id} had ended: {JobText.State(job.State)}; nothing was cancelled");
        return ExitCode.Failed;
    }
}
