using System.Globalization;
using Cluster.Cli.Reports;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;

namespace Cluster.Standalone.Demo;

/// <summary>π twice, the second time while a worker stops: the same count.</summary>
internal static class PiAct
{
    private static readonly PiSpec Pi = new() { Points = 2_000_000_000, Seed = 42 };

    public static async Task<bool> PlayAsync(DemoStage stage, CancellationToken cancellationToken)
    {
        stage.Output.WriteLine($"1. π from {Count(Pi.Points)} random points, on {stage.Workers} workers");
        var first = await RunAsync(stage, stopWorker: false, cancellationToken);
        stage.Output.WriteLine();
        stage.Output.WriteLine($"2. The same again, and worker {stage.Workers - 1} stops in the middle");
        var second = await RunAsync(stage, stopWorker: true, cancellationToken);
        stage.Output.WriteLine();
        return Compare(stage.Output, first, second);
    }

    private static async Task<PiResult> RunAsync(DemoStage stage, bool stopWorker, CancellationToken cancellationToken)
    {
        var job = await stage.Cluster.SubmitAsync(Pi, cancellationToken: cancellationToken);
        var ended = await stage.ShowAsync(job, stopWorker, cancellationToken);
        JobReport.WriteResult(stage.Run, ended);
        return PiResult.FromJob(ended);
    }

    private static bool Compare(TextWriter output, PiResult first, PiResult second)
    {
        if (first.Inside != second.Inside)
        {
            output.WriteLine($"The counts differ: {first.Inside} and {second.Inside}. That must not be; please report it.");
            return false;
        }

        output.WriteLine($"Both runs counted exactly {Count(first.Inside)} points inside: every item counted once, whatever stopped.");
        return true;
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
