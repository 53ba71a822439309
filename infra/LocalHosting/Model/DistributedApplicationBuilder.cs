namespace Cluster.LocalHosting;

internal sealed class DistributedApplicationBuilder(LocalRunnerOptions options) : IDistributedApplicationBuilder
{
    private readonly List<Resource> _resources = [];

    public IReadOnlyList<Resource> Resources => _resources;

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new();

    public IResourceBuilder<T> AddResource<T>(T resource) where T : Resource
    {
        if (_resources.Any(other => other.Name == resource.Name))
            throw new ArgumentException($"the model already has a resource named {resource.Name}", nameof(resource));
        _resources.Add(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    public DistributedApplication Build() => new([.. _resources], options);

    private sealed class ResourceBuilder<T>(IDistributedApplicationBuilder application, T resource)
        : IResourceBuilder<T> where T : Resource
    {
        public IDistributedApplicationBuilder ApplicationBuilder => application;

        public T Resource => resource;
    }
}
