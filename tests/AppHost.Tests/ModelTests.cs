using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Data;
using Cluster.AppHost.Tests.Processes;

namespace Cluster.AppHost.Tests;

/// <summary>What the app model is made of, by kind of servers, and published.</summary>
public sealed class ModelTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly string[] Servers = ["redis", "messaging"];
    private static readonly string[] Services = ["coordinator", "ps-0", "ps-1", "worker", "worker-gpu"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cluster-aspire-test-");
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void AddCluster_Containers_KeepTheirDataInVolumesOfTheFolder()
    {
        using var data = DataFolder.Open(Path.Combine(_directory.FullName, "data"), isEphemeral: false);
        var model = Build(ServerKind.Containers, data);

        Assert.IsType<RedisResource>(model["redis"]);
        Assert.IsType<RabbitMQServerResource>(model["messaging"]);
        Assert.Equal($"cluster-aspire-{data.Id}-redis", Assert.Single(model["redis"].Annotations.OfType<ContainerMountAnnotation>()).Source);
        Assert.Equal($"cluster-aspire-{data.Id}-messaging", Assert.Single(model["messaging"].Annotations.OfType<ContainerMountAnnotation>()).Source);
        Assert.Contains(model["messaging"].Annotations.OfType<EndpointAnnotation>(), endpoint => endpoint.Name == "management");
    }

    [Fact]
    public void AddCluster_EphemeralContainers_HaveNoVolumes()
    {
        using var data = DataFolder.Open(new AppHostOptions { IsEphemeral = true });
        var model = Build(ServerKind.Containers, data);

        Assert.All(["redis", "messaging"], name => Assert.Empty(model[name].Annotations.OfType<ContainerMountAnnotation>()));
    }

    // The shell gets the server's command as one argument: settings behind it would be lost.
    [Fact]
    public async Task AddCluster_RedisContainer_IsStartedWithItsSettingsInsideTheShellsCommand()
    {
        using var data = DataFolder.Open(Path.Combine(_directory.FullName, "data"), isEphemeral: false);
        var args = await ArgumentsAsync(Build(ServerKind.Containers, data)["redis"]);

        Assert.Equal("-c", args[0]);
        Assert.StartsWith("redis-server ", args[1], StringComparison.Ordinal);
        Assert.EndsWith(" --appendonly yes --appendfsync always --maxmemory-policy noeviction", args[1], StringComparison.Ordinal);
        Assert.Equal(2, args.Count);
    }

    [Fact]
    public async Task AddCluster_Executables_HaveSecretsInFilesAloneAndListenOnLoopback()
    {
        InstalledServers.Require();
        using var data = DataFolder.Open(Path.Combine(_directory.FullName, "data"), isEphemeral: false);
        var model = Build(ServerKind.Executables, data);
        string[] secrets = [data.Secret("cluster-key"), data.Secret("redis-password"), data.Secret("messaging-password"), data.Secret("erlang-cookie")];

        foreach (var server in (ExecutableResource[])[(ExecutableResource)model["redis"], (ExecutableResource)model["messaging"],
            (ExecutableResource)model["messaging-epmd"]])
        {
            var shown = (await ArgumentsAsync(server)).Concat((await EnvironmentAsync(server)).Select(variable => variable.Value)).ToList();
            Assert.All(secrets, secret => Assert.DoesNotContain(shown, text => text.Contains(secret, StringComparison.Ordinal)));
        }

        Assert.All(["redis", "messaging"], name => Assert.False(Assert.Single(model[name].Annotations.OfType<EndpointAnnotation>()).IsProxied));
        var configurations = (string[])[Path.Combine(data.Path, "redis", "redis.conf"), Path.Combine(data.Path, "rabbitmq", "rabbitmq.conf")];
        if (!OperatingSystem.IsWindows()) Assert.Equal([OwnerOnly, OwnerOnly], configurations.Select(File.GetUnixFileMode));
        Assert.Contains("bind 127.0.0.1\n", await File.ReadAllTextAsync(configurations[0], _ct), StringComparison.Ordinal);
        Assert.Contains("listeners.tcp.1 = 127.0.0.1:", await File.ReadAllTextAsync(configurations[1], _ct), StringComparison.Ordinal);
    }

    [Fact]
    public void AddCluster_ExecutablesAgain_HaveTheSamePorts()
    {
        InstalledServers.Require();
        var path = Path.Combine(_directory.FullName, "data");

        Assert.Equal(Ports(), Ports());

        int?[] Ports()
        {
            using var data = DataFolder.Open(path, isEphemeral: false);
            var model = Build(ServerKind.Executables, data);
            return [.. Servers.Select(name => model[name].Annotations.OfType<EndpointAnnotation>().Single().Port)];
        }
    }

    [Fact]
    public async Task AddCluster_Services_AreGivenWhatTheyUseAndWaitForIt()
    {
        using var data = DataFolder.Open(Path.Combine(_directory.FullName, "data"), isEphemeral: false);
        var model = Build(ServerKind.Containers, data);

        Assert.Equal(["redis", "messaging"], WaitsFor("coordinator"));
        Assert.Equal(["redis"], WaitsFor("ps-0"));
        Assert.Equal(["redis", "messaging"], WaitsFor("worker"));
        Assert.Equal(3, model["worker"].GetReplicaCount());
        Assert.Equal(2, model["worker-gpu"].GetReplicaCount());
        Assert.Equal(("none", "one"), ((await EnvironmentAsync(model["worker"]))["Worker__Gpus"],
            (await EnvironmentAsync(model["worker-gpu"]))["Worker__Gpus"]));
        Assert.All(Services, name => Assert.Equal(["http"],
            model[name].Annotations.OfType<EndpointAnnotation>().Select(endpoint => endpoint.Name).Except(["grpc"])));

        IEnumerable<string> WaitsFor(string name) => model[name].Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).Distinct();
    }

    [Fact]
    public async Task Publish_Manifest_HasEveryPartAndNoSecretAndNoPathOfThisMachine()
    {
        var file = Path.Combine(_directory.FullName, "manifest.json");
        await using var host = AppHostProcess.Start(_directory.FullName, new Dictionary<string, string>(),
            "--operation", "publish", "--publisher", "manifest", "--output-path", file, "--workers", "3", "--parameter-stores", "2", "--gpu-workers", "2");
        Assert.True(await host.ExitAsync(_ct) == 0, host.Output);

        var text = await File.ReadAllTextAsync(file, _ct);
        using var manifest = JsonDocument.Parse(text);
        var resources = manifest.RootElement.GetProperty("resources");
        Assert.Equal(["cluster-key", "redis-password", "redis", "messaging-password", "messaging", .. Services],
            resources.EnumerateObject().Select(resource => resource.Name)
            .Where(name => !name.Contains("encoded", StringComparison.Ordinal) && !name.StartsWith("cond-", StringComparison.Ordinal)));
        Assert.All(["cluster-key", "redis-password", "messaging-password"], name =>
        {
            Assert.Equal($"{{{name}.inputs.value}}", resources.GetProperty(name).GetProperty("value").GetString());
            Assert.True(resources.GetProperty(name).GetProperty("inputs").GetProperty("value").GetProperty("secret").GetBoolean());
        });
        Assert.All(Services, name => Assert.Equal("{cluster-key.value}", Environment(name, "CLUSTER_KEY")));
        Assert.All(Services, name => Assert.Equal("{redis.connectionString}", Environment(name, "ConnectionStrings__redis")));
        Assert.All(["coordinator", "worker", "worker-gpu"],
            name => Assert.Equal("{messaging.connectionString}", Environment(name, "ConnectionStrings__messaging")));
        Assert.Equal("http://0.0.0.0:{coordinator.bindings.grpc.targetPort}", Environment("coordinator", "CLUSTER_GRPC_URL"));
        Assert.DoesNotContain("Worker__Cores", text, StringComparison.Ordinal);
        // Projects are named from where the manifest lies.
        Assert.All(Services, name => Assert.False(Path.IsPathRooted(resources.GetProperty(name).GetProperty("path").GetString()!)));
        Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_directory.FullName, "cluster-aspire")));

        string? Environment(string name, string variable) => resources.GetProperty(name).GetProperty("env").GetProperty(variable).GetString();
    }

    private static Dictionary<string, IResource> Build(ServerKind servers, DataFolder data)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });
        builder.AddCluster(new AppHostOptions { Workers = 3, ParameterStores = 2, GpuWorkers = 2 }, servers, data);
        return builder.Resources.ToDictionary(resource => resource.Name);
    }

    private static async Task<List<string>> ArgumentsAsync(IResource resource)
    {
        var args = new List<object>();
        var context = new CommandLineArgsCallbackContext(args,
            resource)
        { ExecutionContext = new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish) };
        foreach (var callback in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>()) await callback.Callback(context);
        return [.. args.Select(arg => arg is string text ? text : ((IManifestExpressionProvider)arg).ValueExpression)];
    }

    private static async Task<Dictionary<string, string>> EnvironmentAsync(IResource resource)
    {
        var variables = new Dictionary<string, object>();
        var context = new EnvironmentCallbackContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish), resource, variables);
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await callback.Callback(context);
        return variables.ToDictionary(variable => variable.Key,
            variable => variable.Value as string ?? (variable.Value as IManifestExpressionProvider)?.ValueExpression ?? "");
    }
}
