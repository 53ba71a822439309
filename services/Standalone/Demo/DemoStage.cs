using System.Globalization;
using System.Runtime.CompilerServices;
using Cluster.Cli.Invocation;
using Cluster.Client;
using Cluster.Client.Jobs;
using Cluster.Standalone.Embedded;

namespace Cluster.Standalone.Demo;

/// <summary>Where the acts of the demonstration play: a cluster whose workers stop one after the other, the last ones first.</summary>
internal sealed class DemoStage(CommandRun run, ClusterClient cluster, EmbeddedCluster embedded, int workers)
{
    // In the middle for certain: far enough to have begun, with most of the work still to do.
    private const double StopAt = 0.3;

    public CommandRun Run { get; } = run;

    public TextWriter Output => Run.Output;

    public ClusterClient Cluster { get; } = cluster;

    /// <summary>Workers that have not been stopped.</summary>
    public int Workers { get; private set; } = workers;

    /// <summary>Shows a job to its end; where asked for, a worker stops while it runs.</summary>
    public async Task<JobInfo> ShowAsync(JobInfo job, bool stopWorker, CancellationToken cancellationToken)
    {
        var updates = Cluster.WatchAsync(job.Id, cancellationToken);
        var before = Workers;
        var ended = await Run.Display.ShowAsync(stopWorker ? StopWorkerIn(updates, cancellationToken) : updates);
        return stopWorker && Workers == before && ended.State == JobState.Succeeded
            ? throw new InvalidOperationException("the job ended before a worker could be stopped")
            : ended.EnsureSucceeded();
    }

    public async Task StopWorkerAsync(CancellationToken cancellationToken)
    {
        Workers--;
        await embedded.Workers.StopTaskAsync(Workers, cancellationToken);
    }

    private async IAsyncEnumerable<JobUpdate> StopWorkerIn(
        IAsyncEnumerable<JobUpdate> updates, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stopped = false;
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            if (!stopped && update.Job.Progress is { Fraction: >= StopAt and < 1 } progress)
            {
                stopped = true;
                await StopWorkerAsync(cancellationToken);
                Run.Display.Note(string.Create(CultureInfo.InvariantCulture, $"worker {Workers} stopped at {progress.Fraction:P0}; {Workers} go on"));
            }

            yield return update;
        }
    }
}
