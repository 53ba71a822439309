using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Cli.Parsing;
using Cluster.Cli.Reports;
using Cluster.Client.Jobs;

namespace Cluster.Cli.Jobs;

/// <summary><c>cluster jobs</c>.</summary>
internal sealed class JobsCommand : ClusterCommand
{
    private readonly Option<int> _limit = ValueOptions.Number("--limit", "How many jobs to list.", 100, 1, 1000);
    private readonly Option<string?> _key = SubmissionKey.Option(
        "Only the job that was submitted with this key within a day. Where there is none the exit code is 5.");

    public JobsCommand(CommandLineHost host, GlobalOptions globals)
        : base("jobs", "List the jobs, the newest first.", host, globals)
    {
        Options.Add(_limit);
        Options.Add(_key);
    }

    public override IReadOnlyList<string> Examples { get; } = ["jobs", "jobs --limit 5 --json", "jobs --key nightly-2026-01-31"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var key = run.Parsed.GetValue(_key);
        var jobs = key is null
            ? await client.ListJobsAsync(run.Parsed.GetValue(_limit), cancellationToken)
            : await client.FindJobAsync(key, cancellationToken) is { } found ? [found] : [];
        if (run.Json) WriteJson(run.Output, jobs);
        else if (key is null || jobs.Count > 0) WriteTable(run.Output, jobs);
        if (key is null || jobs.Count > 0) return ExitCode.Ok;
        run.Display.Note($"no job was submitted with key {key} within a day, or not yet");
        return ExitCode.NoSuchJob;
    }

    private static void WriteJson(TextWriter output, IReadOnlyList<JobInfo> jobs) => JsonLine.Write(output, json =>
    {
        json.WriteStartArray();
        foreach (var job in jobs) JobJson.Write(json, job);
        json.WriteEndArray();
    });

    private static void WriteTable(TextWriter output, IReadOnlyList<JobInfo> jobs)
    {
        var table = new TextTable("JOB", "KIND", "STATE", "DONE", "SUBMITTED", "SPEC");
        foreach (var job in jobs)
            table.Add(job.Id, job.Kind, JobText.State(job.State), JobText.Share(job.Progress), Figures.Moment(job.SubmittedAt),
                job.Spec is { } spec ? SpecText.Brief(spec) : "");
        table.Write(output);
    }
}
