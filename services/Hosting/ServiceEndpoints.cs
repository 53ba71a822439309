using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Cluster.Hosting;

/// <summary>How a service of the cluster listens and is asked whether it can do its work.</summary>
internal static class ServiceEndpoints
{
    public const string Http = "http";
    public const string Grpc = "grpc";

    /// <summary>Adds a service: cluster key, endpoint <c>http</c> for probes; healthy once it can take work.</summary>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> key)
        where TProject : IProjectMetadata, new() => builder
            .AddProject<TProject>(name, options => options.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(name: Http)
            .WithUrlForEndpoint(Http, url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
            .WithHttpHealthCheck("/ready", endpointName: Http)
            .WithEnvironment("CLUSTER_KEY", key);

    /// <summary>Adds endpoint <c>grpc</c> (HTTP/2 without TLS); the service finds its address in <c>CLUSTER_GRPC_URL</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithGrpcEndpoint(this IResourceBuilder<ProjectResource> builder)
    {
        var host = builder.ApplicationBuilder.ExecutionContext.IsRunMode ? "127.0.0.1" : "0.0.0.0";
        builder.WithHttpEndpoint(name: Grpc)
            .WithEndpoint(Grpc, endpoint => endpoint.Transport = "http2")
            .WithUrlForEndpoint(Grpc, url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly);
        var port = builder.GetEndpoint(Grpc).Property(EndpointProperty.TargetPort);
        // The service listens there by itself, for HTTP/2 alone; ASPNETCORE_URLS would open it for HTTP/1.1.
        return builder
            .WithEndpointsInEnvironment(endpoint => endpoint.Name != Grpc)
            .WithEnvironment("CLUSTER_GRPC_URL", ReferenceExpression.Create($"http://{host}:{port}"));
    }
}
