using System.Globalization;
using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Data;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace Cluster.AppHost.Servers;

/// <summary>The cluster's RabbitMQ.</summary>
internal static class RabbitMqServer
{
    private const string Check = "messaging-answers";
    private const string User = "cluster";

    public static IResourceBuilder<IResourceWithConnectionString> AddRabbitMq(
        this IDistributedApplicationBuilder builder, string name, ServerKind kind, DataFolder? data)
    {
        var password = builder.AddSecret($"{name}-password", data);
        return kind == ServerKind.Containers ? AddContainer(builder, name, password, data) : AddExecutable(builder, name, password, data!);
    }

    private static IResourceBuilder<RabbitMQServerResource> AddContainer(
        IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> password, DataFolder? data)
    {
        var rabbit = builder.AddRabbitMQ(name, password: password).WithManagementPlugin()
            .WithUrlForEndpoint("management", url => url.DisplayText = "Management");
        return data is { IsEphemeral: true } ? rabbit : rabbit.WithDataVolume(DataFolder.Volume(data, name));
    }

    private static IResourceBuilder<ServerResource> AddExecutable(
        IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> password, DataFolder data)
    {
        var node = new RabbitMqNode(data.Subfolder("rabbitmq"), ServerPorts.Take(data, name), ServerPorts.Take(data, $"{name}-distribution"),
            ServerPorts.Take(data, $"{name}-epmd"));
        node.WriteFiles(User, data.Secret(password.Resource.Name), data.Secret("erlang-cookie"));
        var port = node.Port.ToString(CultureInfo.InvariantCulture);
        var connectionString = ReferenceExpression.Create($"amqp://{User}:{password}@127.0.0.1:{port}");
        var server = builder
            .AddResource(new ServerResource(name, ServerPrograms.RabbitMq!, node.Directory, connectionString))
            .WithEnvironment(node)
            .WithEndpoint(node.Port, name: "tcp", scheme: "tcp", isProxied: false)
            .WithUrlForEndpoint("tcp", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
            .WithHealthCheck(Check)
            .WithIconName("MailMultiple");
        // In the foreground: the one that Erlang starts by itself would outlive the cluster.
        var mapper = builder.AddExecutable($"{name}-epmd", ServerPrograms.PortMapper!, node.Directory)
            .WithEnvironment(node).WithParentRelationship(server).WithHidden();
        AddCheck(builder, $"amqp://{User}:{data.Secret(password.Resource.Name)}@127.0.0.1:{port}");
        return server.WaitForStart(mapper);
    }

    private static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> resource, RabbitMqNode node) where T : IResourceWithEnvironment
        => resource.WithEnvironment(context =>
        {
            foreach (var (variable, value) in node.Environment) context.EnvironmentVariables[variable] = value;
        });

    private static void AddCheck(IDistributedApplicationBuilder builder, string address)
    {
        var factory = new ConnectionFactory { Uri = new Uri(address), AutomaticRecoveryEnabled = true, ClientProvidedName = "health" };
        IConnection? connection = null;
        builder.Services.AddHealthChecks().AddRabbitMQ(async _ => connection ??= await factory.CreateConnectionAsync(), Check);
    }
}
