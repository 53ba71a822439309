using System.CommandLine;
using System.Globalization;
using Cluster.Cli;
using Cluster.Cli.Invocation;
using Cluster.Cli.Jobs;
using Cluster.Client;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Standalone.Embedded;

namespace Cluster.Standalone.Commands;

/// <summary><c>standalone demo</c>: the first minute with the cluster, and its promise kept in front of the reader.</summary>
internal sealed class DemoCommand : ClusterCommand
{
    private const int Workers = 3;
    private const double StopAt = 0.3;

    private static readonly PiSpec Pi = new() { Points = 2_000_000_000, Seed = 42 };

    private readonly EmbeddedClusterHolder _embedded;
    private readonly Func<ParseResult, EmbeddedClusterOptions> _options;

    public DemoCommand(CommandLineHost host, GlobalOptions globals, EmbeddedClusterHolder embedded, Func<ParseResult, EmbeddedClusterOptions> options)
        : base("demo", "Compute something real on an embedded cluster, then once more while a worker stops.", host, globals)
        => (_embedded, _options) = (embedded, options);

    public override IReadOnlyList<string> Examples { get; } = ["demo"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        run.Display.Note($"starting a coordinator and {Workers} workers in this process");
        await _embedded.ConnectAsync(_options(run.Parsed) with { Workers = Workers }, cancellationToken);
        var cluster = await run.ConnectAsync(cancellationToken);

        run.Output.WriteLine($"1. π from {Points(Pi)} random points, on {Workers} workers");
        var first = await RunPiAsync(run, cluster, stopWorker: false, cancellationToken);
        run.Output.WriteLine();
        run.Output.WriteLine($"2. The same again, and worker {Workers - 1} stops in the middle");
        var second = await RunPiAsync(run, cluster, stopWorker: true, cancellationToken);
        run.Output.WriteLine();
        return Compare(run.Output, first, second);
    }

    private async Task<PiResult> RunPiAsync(CommandRun run, ClusterClient cluster, bool stopWorker, CancellationToken cancellationToken)
    {
        var job = await cluster.SubmitAsync(Pi, cancellationToken: cancellationToken);
        var updates = cluster.WatchAsync(job.Id, cancellationToken);
        var ended = await run.Display.ShowAsync(stopWorker ? StopWorkerIn(updates, run, cancellationToken) : updates);
        JobReport.WriteResult(run, ended.EnsureSucceeded());
        return PiResult.FromJob(ended);
    }

    private async IAsyncEnumerable<JobUpdate> StopWorkerIn(
        IAsyncEnumerable<JobUpdate> updates, CommandRun run, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stopped = false;
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            if (!stopped && update.Job.Progress is { Fraction: >= StopAt and < 1 } progress)
            {
                stopped = true;
                await _embedded.Cluster.Workers.StopTaskAsync(Workers - 1, cancellationToken);
                run.Display.Note(string.Create(CultureInfo.InvariantCulture, $"worker {Workers - 1} stopped at {progress.Fraction:P0}; {Workers - 1} go on"));
            }

            yield return update;
        }
    }

    private static ExitCode Compare(TextWriter output, PiResult first, PiResult second)
    {
        if (first.Inside != second.Inside)
        {
            output.WriteLine($"The counts differ: {first.Inside} and {second.Inside}. That must not be; please report it.");
            return ExitCode.Failed;
        }

        output.WriteLine($"Both runs counted exactly {first.Inside.ToString("N0", CultureInfo.InvariantCulture)} points inside: every item counted once, whatever stopped.");
        return ExitCode.Ok;
    }

    private static string Points(PiSpec spec) => spec.Points.ToString("N0", CultureInfo.InvariantCulture);
}
