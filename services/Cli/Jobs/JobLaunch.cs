using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Client;
using Cluster.Client.Jobs;

namespace Cluster.Cli.Jobs;

/// <summary>How a command that submits a job stays with it: to its end, or not at all, as its options say.</summary>
internal sealed class JobLaunch(CommandLineHost host)
{
    private readonly bool _isEmbedded = host.EmbeddedCluster is not null;
    private readonly Option<bool> _cancelOnExit = new("--cancel-on-exit")
    {
        Description = "Ctrl+C cancels the job instead of leaving it; a second one ends the command and says how to cancel it.",
    };

    private readonly Option<string?> _key = SubmissionKey.Option(
        "Submit with this key, 1 to 64 characters: with one that was used within a day, stay with the job that it made then.");
    private readonly Option<bool> _detach = new("--detach") { Description = "Write the job's id as soon as it is accepted, and end." };

    /// <summary>A cluster that ends with this process has no job that could be left.</summary>
    public void AddTo(Command command)
    {
        if (_isEmbedded) return;

        command.Options.Add(_cancelOnExit);
        command.Options.Add(_detach);
        command.Options.Add(_key);
    }

    public async Task<ExitCode> RunAsync(
        CommandRun run, ClusterClient client, Func<string, CancellationToken, Task<JobInfo>> submitAsync, CancellationToken cancellationToken)
    {
        var cancelOnExit = _isEmbedded || run.Parsed.GetValue(_cancelOnExit);

        // A submission cut short may have made a job whose id nobody knows; one that is to be cancelled must be known.
        var job = await SubmitAsync(run, submitAsync, cancelOnExit ? CancellationToken.None : cancellationToken);
        if (_isEmbedded || !run.Parsed.GetValue(_detach))
            return await new JobFollower(run, client, cancelOnExit).FollowAsync(job.Id, cancellationToken);

        WriteId(run, job.Id);
        return ExitCode.Ok;
    }

    private async Task<JobInfo> SubmitAsync(CommandRun run, Func<string, CancellationToken, Task<JobInfo>> submitAsync, CancellationToken cancellationToken)
    {
        if (_isEmbedded) return await submitAsync(SubmissionKey.New(), cancellationToken);
        var key = run.Parsed.GetValue(_key) ?? SubmissionKey.New();
        using var words = run.Host.LastWords.During($"the job may have been accepted: `{run.Host.CommandName} jobs --key {key}` shows it then");
        return await submitAsync(key, cancellationToken);
    }

    private static void WriteId(CommandRun run, string jobId)
    {
        if (run.Json)
        {
            JsonLine.Write(run.Output, json =>
            {
                json.WriteStartObject();
                json.WriteString("job", jobId);
                json.WriteEndObject();
            });
            return;
        }

        run.Output.WriteLine(jobId);
        run.Display.Note($"`{run.Host.CommandName} watch {jobId}` shows it");
    }
}
