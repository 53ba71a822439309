using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Data;
using Cluster.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.AppHost.Servers;

/// <summary>The cluster's Redis: everything that it acknowledged lasts, and nothing is evicted.</summary>
internal static class RedisServer
{
    private const string Check = "redis-answers";

    public static IResourceBuilder<IResourceWithConnectionString> AddRedis(
        this IDistributedApplicationBuilder builder, string name, ServerKind kind, DataFolder? data)
    {
        var password = builder.AddSecret($"{name}-password", data);
        return kind == ServerKind.Containers ? AddContainer(builder, name, password, data) : AddExecutable(builder, name, password, data!);
    }

    private static IResourceBuilder<RedisResource> AddContainer(
        IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> password, DataFolder? data)
    {
        var redis = builder.AddRedis(name, port: null, password).WithDurability();
        return data is { IsEphemeral: true } ? redis : redis.WithDataVolume(DataFolder.Volume(data, name));
    }

    private static IResourceBuilder<ServerResource> AddExecutable(
        IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> password, DataFolder data)
    {
        var directory = data.Subfolder("redis");
        var port = ServerPorts.Take(data, name);
        var configuration = Path.Combine(directory, "redis.conf");
        // The password lies in this file and in no argument.
        PrivateFile.Write(configuration, FormattableString.Invariant($"""
            bind 127.0.0.1
            port {port}
            protected-mode yes
            requirepass {data.Secret(password.Resource.Name)}
            dir {directory}
            daemonize no
            save ""
            appendonly yes
            appendfsync always
            auto-aof-rewrite-percentage 100
            auto-aof-rewrite-min-size 64mb
            maxmemory-policy noeviction
            loglevel notice

            """));
        var address = FormattableString.Invariant($"127.0.0.1:{port}");
        builder.Services.AddHealthChecks().AddRedis($"{address},password={data.Secret(password.Resource.Name)}", Check);
        return builder
            .AddResource(new ServerResource(name, ServerPrograms.Redis!, directory, ReferenceExpression.Create($"{address},password={password}")))
            .WithArgs(configuration)
            .WithEndpoint(port, name: "tcp", scheme: "tcp", isProxied: false)
            .WithUrlForEndpoint("tcp", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
            .WithHealthCheck(Check)
            .WithIconName("DatabaseLightning");
    }
}
