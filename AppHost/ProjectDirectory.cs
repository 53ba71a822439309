using System.Reflection;

namespace Cluster.AppHost;

/// <summary>Where this app host's project lies: what is kept of a cluster goes by it.</summary>
internal static class ProjectDirectory
{
    public static string Path { get; } = typeof(ProjectDirectory).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key.Equals("AppHostProjectPath", StringComparison.OrdinalIgnoreCase)).Value!;
}
