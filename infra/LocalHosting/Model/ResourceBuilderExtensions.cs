namespace Cluster.LocalHosting;

/// <summary>The calls of Aspire's app model that AppHost.cs uses, with the same names.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>Adds a parameter whose value is drawn at random for each run.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, secret));

    /// <summary>Adds a Redis server.</summary>
    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddResource(new RedisResource(name));

    /// <summary>Adds a RabbitMQ server.</summary>
    public static IResourceBuilder<RabbitMQServerResource> AddRabbitMQ(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddResource(new RabbitMQServerResource(name));

    /// <summary>Adds a .NET project of this solution.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        builder.AddResource(new ProjectResource(name, projectPath));

    /// <summary>Adds a program of the machine.</summary>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params string[] args) =>
        builder.AddResource(new ExecutableResource(name, command, workingDirectory)).WithArgs(args);

    /// <summary>Adds an HTTP/1.1 endpoint; the service finds its address in <c>ASPNETCORE_URLS</c>.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(this IResourceBuilder<T> builder, string name = "http")
        where T : ProcessResource
    {
        builder.Resource.Endpoints.Add(new EndpointAnnotation(name, "ASPNETCORE_URLS"));
        return builder;
    }

    /// <summary>Adds endpoint <c>grpc</c> (HTTP/2 without TLS); the service finds its address in <c>CLUSTER_GRPC_URL</c>.</summary>
    public static IResourceBuilder<T> WithGrpcEndpoint<T>(this IResourceBuilder<T> builder) where T : ProcessResource
    {
        builder.Resource.Endpoints.Add(new EndpointAnnotation("grpc", "CLUSTER_GRPC_URL"));
        return builder;
    }

    /// <summary>The service is up once GET on this path of endpoint <c>http</c> answers 200.</summary>
    /// <exception cref="InvalidOperationException">The service has no endpoint <c>http</c>.</exception>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string path)
        where T : ProcessResource
    {
        if (builder.Resource.Endpoints.All(endpoint => endpoint.Name != "http"))
            throw new InvalidOperationException($"{builder.Resource.Name} has no endpoint http for the health check {path}");
        builder.Resource.HealthCheckPath = path;
        return builder;
    }

    /// <summary>Sets an environment variable.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string value)
        where T : ProcessResource
    {
        builder.Resource.Environment[name] = value;
        return builder;
    }

    /// <summary>Sets an environment variable to the value of a parameter.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : ProcessResource
    {
        builder.Resource.Environment[name] = parameter.Resource;
        return builder;
    }

    /// <summary>Adds command-line arguments.</summary>
    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : ProcessResource
    {
        foreach (var arg in args)
            builder.Resource.Arguments.Add(arg);
        return builder;
    }

    /// <summary>Gives the service the connection string of a server or the addresses of another service.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<Resource> source)
        where T : ProcessResource
    {
        builder.Resource.References.Add(source.Resource);
        return builder;
    }

    /// <summary>Starts the service only once the other resource is up.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<Resource> dependency)
        where T : ProcessResource
    {
        builder.Resource.WaitsFor.Add(dependency.Resource);
        return builder;
    }

    /// <summary>Runs the project as this many processes.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        builder.Resource.Replicate(replicas);
        return builder;
    }
}
