using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Jobs;
using Cluster.Cli.Output;
using Cluster.Cli.Parsing;
using Cluster.Client.Errors;
using Cluster.Client.Summaries;
using Cluster.Contracts.Errors;

namespace Cluster.Cli.Summaries;

/// <summary><c>cluster summary ID</c>.</summary>
internal sealed class SummaryCommand : ClusterCommand
{
    private readonly Argument<string> _id = JobArgument.Create();

    private readonly Option<string?> _csv = new("--csv")
    {
        Description = "Write all points to this CSV file: step, time, a column for each value.",
        HelpName = "FILE.csv",
    };

    private readonly Option<string?> _tensorBoard = new("--tensorboard")
    {
        Description = "Write all points as a TensorBoard event file into this directory, which is made where it is not there.",
        HelpName = "DIR",
    };

    private readonly Option<bool> _force = OutputFiles.Force();

    public SummaryCommand(CommandLineHost host, GlobalOptions globals)
        : base(
            "summary",
            "Show what a training job measured on its way, or export it: loss of the training batches; metrics of evaluations, as evaluation/…, "
            + "over the rows that are held out, where none are over those trained on; speed, steals by step.", host, globals)
    {
        Arguments.Add(_id);
        Options.Add(_csv);
        Options.Add(_tensorBoard);
        FileNames.Require(_csv);
        FileNames.Require(_tensorBoard);
        Options.Add(_force);
        _csv.Validators.Add(csv => OutputFiles.Check(csv, "--csv", ".csv", _force));
    }

    public override IReadOnlyList<string> Examples { get; } =
        ["summary 1a2b3c", "summary 1a2b3c --csv loss.csv", "summary 1a2b3c --tensorboard runs/1a2b3c --force"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var jobId = run.Parsed.GetRequiredValue(_id);
        var points = await client.GetSummariesAsync(jobId, cancellationToken: cancellationToken);
        var csv = run.Parsed.GetValue(_csv);
        var tensorBoard = run.Parsed.GetValue(_tensorBoard);
        var force = run.Parsed.GetValue(_force);
        // Before anything is written, so that none of two files is.
        if (tensorBoard is not null && OutputFiles.WhyNot(TensorBoardFile.PathOf(tensorBoard, jobId, points), force) is { } reason)
            throw new ClusterSettingException("--tensorboard", TensorBoardFile.PathOf(tensorBoard, jobId, points), reason);
        if (csv is not null) Export(run, "--csv", csv, points.Count, () => { CsvFile.Write(csv, points, force); return csv; });
        if (tensorBoard is not null) Export(run, "--tensorboard", tensorBoard, points.Count, () => TensorBoardFile.Write(tensorBoard, jobId, points, force));
        if (run.Json) JsonLine.Write(run.Output, json => SummaryReport.Write(json, points));
        else if (csv is null && tensorBoard is null) SummaryReport.Write(run.Output, points);
        return ExitCode.Ok;
    }

    private static void Export(CommandRun run, string option, string value, int points, Func<string> write)
    {
        try
        {
            run.Display.Note($"{Figures.Count(points, "point")} in {write()}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ClusterSettingException(option, value, $"cannot be written: {FailureText.Of(e)}");
        }
    }
}
