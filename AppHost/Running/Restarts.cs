using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.AppHost.Running;

/// <summary>
/// Starts again what died: the orchestrator leaves it lying. A process that ended with exit code 0 was asked to, one that was stopped on the
/// dashboard stays stopped, one that has a wrong setting would only end again, and one that dies at once again and again is given up.
/// </summary>
internal sealed class Restarts(
    ResourceNotificationService notifications, ResourceCommandService commands, ResourceLoggerService loggers,
    IHostApplicationLifetime lifetime, TimeProvider time) : RunModeSubscriber(lifetime)
{
    /// <summary>The exit code by which a service says that it cannot run as it is set.</summary>
    public const int WrongSetting = 2;

    // Owned by the loop of RunAsync.
    private readonly Dictionary<string, Replica> _replicas = [];

    protected override async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var change in notifications.WatchAsync(stopping))
        {
            if (IsOurs(change.Resource)) See(change, stopping);
        }
    }

    private static bool IsOurs(IResource resource)
        => resource is ProjectResource or ExecutableResource && !resource.HasAnnotationOfType<ExplicitStartupAnnotation>();

    private void See(ResourceEvent change, CancellationToken stopping)
    {
        if (!_replicas.TryGetValue(change.ResourceId, out var replica))
            _replicas.Add(change.ResourceId, replica = new Replica(new RestartBackoff(time, Random.Shared)));
        var state = change.Snapshot.State?.Text;
        if (state == KnownResourceStates.Running && !replica.IsRunning)
        {
            replica.IsRunning = true;
            replica.IsStopping = false;
            replica.Backoff.Started();
        }
        else if (state == KnownResourceStates.Stopping)
        {
            replica.IsStopping = true;
        }
        else if (replica.IsRunning && state is not null && KnownResourceStates.TerminalStates.Contains(state))
        {
            replica.IsRunning = false;
            if (!replica.IsStopping && change.Snapshot.ExitCode is not (0 or WrongSetting)) _ = RestartAsync(change, replica.Backoff, stopping);
        }
    }

    private async Task RestartAsync(ResourceEvent died, RestartBackoff backoff, CancellationToken stopping)
    {
        var log = loggers.GetLogger(died.ResourceId);
        try
        {
            if (backoff.Ended() is not { } delay)
            {
                RestartLog.GivenUp(log, died.ResourceId, died.Snapshot.ExitCode, RestartBackoff.MostInARow);
                return;
            }

            RestartLog.Restarting(log, died.ResourceId, died.Snapshot.ExitCode, delay.TotalSeconds);
            await notifications.PublishUpdateAsync(died.Resource, died.ResourceId, snapshot => snapshot with
            {
                State = new ResourceStateSnapshot("Restarting", KnownResourceStateStyles.Warn),
            });
            await Task.Delay(delay, time, stopping);
            var started = await commands.ExecuteCommandAsync(died.ResourceId, KnownResourceCommands.StartCommand, stopping);
            if (!started.Success) RestartLog.NotStarted(log, died.ResourceId, started.Message ?? "");
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The cluster stops.
        }
    }

    private sealed class Replica(RestartBackoff backoff)
    {
        public RestartBackoff Backoff => backoff;

        public bool IsRunning { get; set; }

        public bool IsStopping { get; set; }
    }
}

internal static partial class RestartLog
{
    [LoggerMessage(EventId = 1, EventName = "Restarting", Level = LogLevel.Warning,
        Message = "{Resource} ended with exit code {ExitCode}; starting it again in {Seconds:0.0} s")]
    public static partial void Restarting(ILogger logger, string resource, int? exitCode, double seconds);

    [LoggerMessage(EventId = 2, EventName = "GivenUp", Level = LogLevel.Error,
        Message = "{Resource} ended with exit code {ExitCode}, {Times} times in a row soon after its start: given up; start it again on the dashboard")]
    public static partial void GivenUp(ILogger logger, string resource, int? exitCode, int times);

    [LoggerMessage(EventId = 3, EventName = "NotStarted", Level = LogLevel.Error, Message = "{Resource} could not be started again: {Reason}")]
    public static partial void NotStarted(ILogger logger, string resource, string reason);
}
