using System.Globalization;
using Cluster.AppHost.CommandLine;
using Cluster.Client.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Cluster.AppHost.Servers;

/// <summary>Where there is neither Redis nor RabbitMQ: everything in one process, which is the only resource and says so.</summary>
internal static class StandaloneCluster
{
    private const int MostParameterStores = 8;
    private const string Check = "standalone-takes-jobs";

    public static void AddStandalone(this IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        var parameterStores = Math.Min(options.ParameterStores, MostParameterStores);
        if (parameterStores < options.ParameterStores)
            Console.WriteLine($"--parameter-stores: {options.ParameterStores}: Standalone has at most {MostParameterStores}, and starts those");
        if (options.GpuWorkers > 0)
            Console.WriteLine($"--gpu-workers: {options.GpuWorkers}: Standalone's workers share the machine's GPUs, and none is started for them alone");
        // It writes the file once it takes jobs.
        var stateFile = options.StateFile ?? ClusterStateFile.DefaultPath(Environment.ProcessId);
        builder.Services.AddHealthChecks().AddCheck(Check, () => File.Exists(stateFile) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        builder.AddProject<Projects.Standalone>("standalone", project => project.ExcludeLaunchProfile = true)
            .WithArgs("--workers", options.Workers.ToString(CultureInfo.InvariantCulture))
            .WithArgs("--parameter-stores", parameterStores.ToString(CultureInfo.InvariantCulture), "serve", "--state-file", stateFile)
            .WithHealthCheck(Check)
            .WithIconName("Box")
            .OnBeforeResourceStarted((resource, start, _) =>
            {
                StandaloneLog.Why(start.Services.GetRequiredService<ResourceLoggerService>().GetLogger(resource), ServerChoice.Standalone);
                return Task.CompletedTask;
            });
    }
}

internal static partial class StandaloneLog
{
    [LoggerMessage(EventId = 1, EventName = "NoServers", Level = LogLevel.Warning, Message = "{Why}")]
    public static partial void Why(ILogger logger, string why);
}
