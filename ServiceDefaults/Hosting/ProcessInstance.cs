using Microsoft.Extensions.Configuration;

namespace Cluster.ServiceDefaults.Hosting;

/// <summary>The name of this process's replica, from <c>OTEL_RESOURCE_ATTRIBUTES</c> (service.instance.id), else a new one.</summary>
public static class ProcessInstance
{
    public static string Name(IConfiguration configuration)
        => (configuration["OTEL_RESOURCE_ATTRIBUTES"] ?? "").Split(',')
            .Select(attribute => attribute.Split('=', 2))
            .FirstOrDefault(pair => pair is ["service.instance.id", { Length: > 0 }])?[1]
            ?? $"{Environment.MachineName}-{Guid.NewGuid():N}";
}
