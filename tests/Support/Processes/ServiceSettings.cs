using System.Globalization;

namespace Cluster.Support.Processes;

/// <summary>What each process of a cluster is told through its environment, by the names that Aspire gives it.</summary>
/// <param name="key">The cluster's key.</param>
/// <param name="redis">Connection string of Redis.</param>
/// <param name="messaging">Connection string of a virtual host of RabbitMQ.</param>
/// <param name="tls">How everything is run by TLS; null for without.</param>
internal sealed class ServiceSettings(string key, string redis, string messaging, TestTls? tls)
{
    public Dictionary<string, string> Coordinator(ServiceEndpoints own) => new(Server("coordinator", own))
    {
        ["ConnectionStrings__messaging"] = messaging,
    };

    /// <param name="name"><c>ps-0</c>: a service each, so that a ps task comes back under its own name.</param>
    /// <param name="own">Where it listens.</param>
    public Dictionary<string, string> ParameterStore(string name, ServiceEndpoints own) => Server(name, own);

    /// <param name="instance"><c>worker-0</c>: one of the replicas of a service.</param>
    /// <param name="own">Where it listens.</param>
    /// <param name="coordinator">Where the coordinator listens.</param>
    public Dictionary<string, string> Worker(string instance, ServiceEndpoints own, ServiceEndpoints coordinator) => new(Every("worker", instance, own))
    {
        ["ConnectionStrings__messaging"] = messaging,
        ["services__coordinator__http__0"] = Text(coordinator.Http),
        ["services__coordinator__grpc__0"] = Text(coordinator.Grpc),
        // Whatever the machine has: the jobs take the time that the tests need.
        ["Worker__Cores"] = "1",
    };

    /// <summary>What a process is told that others call.</summary>
    private Dictionary<string, string> Server(string name, ServiceEndpoints own)
    {
        var settings = Every(name, name, own);
        settings["CLUSTER_GRPC_URL"] = Text(own.Grpc);
        if (tls is not null) settings["Tls__ClientAuthorityFile"] = tls.Authority.File;
        return settings;
    }

    private Dictionary<string, string> Every(string service, string instance, ServiceEndpoints own)
    {
        var settings = new Dictionary<string, string>
        {
            ["CLUSTER_KEY"] = key,
            ["CLUSTER_PARENT_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            ["OTEL_SERVICE_NAME"] = service,
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance}",
            ["ASPNETCORE_URLS"] = Text(own.Http),
            ["ConnectionStrings__redis"] = redis,
        };
        if (tls is not null)
        {
            settings["Tls__CertificateFile"] = tls.ServiceFiles.CertificateFile;
            settings["Tls__KeyFile"] = tls.ServiceFiles.KeyFile;
            settings["Tls__AuthorityFile"] = tls.Authority.File;
        }

        return settings;
    }

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
