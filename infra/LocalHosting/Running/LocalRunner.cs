using Cluster.Client.State;

namespace Cluster.LocalHosting.Running;

/// <summary>Runs a model in the foreground: start, table, state file, stop.</summary>
internal static class LocalRunner
{
    private const int Aborted = 130;

    public static async Task RunAsync(IReadOnlyList<Resource> resources, LocalRunnerOptions options, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var output = new RunnerOutput(options.Output, options.Colors, LocalCluster.Instances(resources));
        using var stateFile = new StatePublisher(options.StateFile ?? ClusterStateFile.DefaultPath(Environment.ProcessId));
        var cluster = new LocalCluster(resources, options, output, stateFile.Refresh);
        using var signals = new StopSignals(
            TimeProvider.System,
            stop: () =>
            {
                output.Say("stopping; once more to kill everything at once");
                stop.Cancel();
            },
            // The children's lifelines are cut with this process: they kill them and remove their data.
            abort: () =>
            {
                stateFile.Dispose();
                Environment.Exit(Aborted);
            });
        try
        {
            await cluster.StartAsync(stop.Token).ConfigureAwait(false);
            if (options.PublishesState)
                stateFile.Publish(cluster.State);
            output.Show(TaskTable.Render(cluster.State(), options.Colors));
            output.Say("up; Ctrl+C stops everything" + (options.PublishesState ? $"; state file {stateFile.Path}" : ""));
            await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end that was asked for.
        }
        finally
        {
            stateFile.Dispose();
            await cluster.DisposeAsync().ConfigureAwait(false);
            output.Say("stopped");
        }
    }
}
