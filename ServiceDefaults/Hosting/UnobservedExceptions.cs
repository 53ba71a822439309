using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.ServiceDefaults.Hosting;

/// <summary>Says it in the log when a task failed and nobody looked at why: such an error would otherwise leave no trace.</summary>
/// <remarks>
/// MassTransit and RabbitMQ.Client leave tasks of their own behind, by the dozen, while a broker is away: those have no frame
/// of this code base, or an exception of theirs, and are no error of it.
/// </remarks>
internal sealed class UnobservedExceptions(ILogger<UnobservedExceptions> logger) : IHostedService
{
    private const string OwnFrame = "at Cluster.";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        return Task.CompletedTask;
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        if (IsOwn(e.Exception)) UnobservedLog.Unobserved(logger, e.Exception);
        else UnobservedLog.UnobservedElsewhere(logger, e.Exception.InnerException?.Message ?? e.Exception.Message);
    }

    private static bool IsOwn(AggregateException exception) =>
        exception.ToString().Contains(OwnFrame, StringComparison.Ordinal) && !exception.Flatten().InnerExceptions.All(IsOfTheBroker);

    private static bool IsOfTheBroker(Exception exception) =>
        exception.GetType().Namespace is { } space && (space.StartsWith("RabbitMQ.", StringComparison.Ordinal)
        || space.StartsWith("MassTransit", StringComparison.Ordinal));
}

internal static partial class UnobservedLog
{
    [LoggerMessage(EventId = 1, EventName = "Unobserved", Level = LogLevel.Error, Message = "an unobserved exception of a task")]
    public static partial void Unobserved(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2, EventName = "UnobservedElsewhere", Level = LogLevel.Debug, Message = "a library left a failed task behind: {Error}")]
    public static partial void UnobservedElsewhere(ILogger logger, string error);
}
