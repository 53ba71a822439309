using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.ServiceDefaults.Hosting;

/// <summary>
/// Ends the service when the process named in <c>CLUSTER_PARENT_PID</c> is gone, so that a runner that was killed leaves
/// nothing behind. Without the variable it does nothing.
/// </summary>
internal sealed class ParentWatch(IConfiguration configuration, IHostApplicationLifetime lifetime, ILogger<ParentWatch> logger)
    : BackgroundService
{
    private readonly int? _parent = Read(configuration["CLUSTER_PARENT_PID"]);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_parent is not { } pid) return;
        try
        {
            using var parent = Process.GetProcessById(pid);
            await parent.WaitForExitAsync(stoppingToken);
        }
        catch (ArgumentException)
        {
            // The parent ended before the watch began.
        }
        catch (OperationCanceledException)
        {
            return;
        }

        HostingLog.ParentGone(logger, pid);
        lifetime.StopApplication();
    }

    private static int? Read(string? text)
        => string.IsNullOrEmpty(text) ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 0 ? pid
            : throw new InvalidOperationException($"CLUSTER_PARENT_PID: {text}: must be a process id, 1 to {int.MaxValue}");
}

internal static partial class HostingLog
{
    [LoggerMessage(EventId = 1, EventName = "ParentGone", Level = LogLevel.Warning, Message = "the runner (process {Pid}) is gone; stopping")]
    public static partial void ParentGone(ILogger logger, int pid);
}
