namespace Cluster.LocalHosting;

/// <summary>Collects the resources of an app model.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>The resources, in the order in which they were added.</summary>
    IReadOnlyList<Resource> Resources { get; }

    /// <summary>Why the model is built.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>Adds a resource.</summary>
    /// <exception cref="ArgumentException">The model already has a resource of that name.</exception>
    IResourceBuilder<T> AddResource<T>(T resource) where T : Resource;

    /// <summary>Ends the description of the model.</summary>
    DistributedApplication Build();
}

/// <summary>A resource of a model under construction.</summary>
public interface IResourceBuilder<out T> where T : Resource
{
    /// <summary>The model that the resource belongs to.</summary>
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    /// <summary>The resource.</summary>
    T Resource { get; }
}

/// <summary>Why an app model is built: this engine only ever runs it.</summary>
public sealed class DistributedApplicationExecutionContext
{
    /// <summary>True: the model is run on this machine, not published.</summary>
    public bool IsRunMode { get; } = true;
}
