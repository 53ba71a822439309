namespace Cluster.AppHost;

internal static class GrpcEndpointExtensions
{
    /// <summary>Adds endpoint <c>grpc</c> (HTTP/2 without TLS); the service finds its address in <c>CLUSTER_GRPC_URL</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithGrpcEndpoint(this IResourceBuilder<ProjectResource> builder)
    {
        var host = builder.ApplicationBuilder.ExecutionContext.IsRunMode ? "127.0.0.1" : "0.0.0.0";
        builder.WithHttpEndpoint(name: "grpc").WithEndpoint("grpc", endpoint => endpoint.Transport = "http2");
        var port = builder.GetEndpoint("grpc").Property(EndpointProperty.TargetPort);
        // The service listens there by itself, for HTTP/2 alone; ASPNETCORE_URLS would open it for HTTP/1.1.
        return builder
            .WithEndpointsInEnvironment(endpoint => endpoint.Name != "grpc")
            .WithEnvironment("CLUSTER_GRPC_URL", ReferenceExpression.Create($"http://{host}:{port}"));
    }
}
