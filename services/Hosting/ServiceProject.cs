using System.Reflection;
using Aspire.Hosting;

namespace Cluster.Hosting;

/// <summary>A service's project, which is built together with this library: Aspire starts it without building it again.</summary>
internal abstract class ServiceProject(string name) : IProjectMetadata
{
    private static readonly string Directory = typeof(ServiceProject).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "ServicesDirectory").Value!;

    public string ProjectPath { get; } = Path.Combine(Directory, name, $"{name}.csproj");

    public bool SuppressBuild => true;
}

internal sealed class CoordinatorProject() : ServiceProject("Coordinator");

internal sealed class ParameterStoreProject() : ServiceProject("ParameterStore");

internal sealed class WorkerProject() : ServiceProject("Worker");
