namespace Cluster.LocalHosting;

/// <summary>A part of the app model: a parameter, a server or a service.</summary>
public abstract class Resource(string name)
{
    /// <summary>Name in kebab-case, unique in the model.</summary>
    public string Name { get; } = name;
}

/// <summary>A value that is known when the cluster starts.</summary>
public sealed class ParameterResource(string name, bool secret) : Resource(name)
{
    private readonly Lazy<string> _value = new(Secrets.NewKey);

    /// <summary>Whether the value must not be shown.</summary>
    public bool Secret { get; } = secret;

    /// <summary>32 random bytes in base64url, drawn for this run: a parameter has no literal default.</summary>
    public string Value => _value.Value;
}

/// <summary>A server that hands its clients a connection string.</summary>
public abstract class ServerResource(string name) : Resource(name);

/// <summary>A Redis server with a password and an append-only file that is synced at every write.</summary>
public sealed class RedisResource(string name) : ServerResource(name);

/// <summary>A RabbitMQ server with a user and a password of its own.</summary>
public sealed class RabbitMQServerResource(string name) : ServerResource(name);

/// <summary>An address at which a service listens.</summary>
/// <param name="Name">Name of the endpoint, for example <c>http</c>.</param>
/// <param name="UrlVariable">Environment variable that tells the service where to listen.</param>
public sealed record EndpointAnnotation(string Name, string UrlVariable)
{
    /// <summary><c>http</c>, or <c>https</c> where the service is given a certificate.</summary>
    public string Scheme { get; init; } = Uri.UriSchemeHttp;
}

/// <summary>A resource that runs as one or more processes of ours.</summary>
public abstract class ProcessResource(string name) : Resource(name)
{
    /// <summary>Where each replica listens.</summary>
    public IList<EndpointAnnotation> Endpoints { get; } = [];

    /// <summary>Environment variables; a value is a string or a <see cref="ParameterResource"/>.</summary>
    public IDictionary<string, object> Environment { get; } = new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>Resources whose connection strings or addresses each replica is given.</summary>
    public IList<Resource> References { get; } = [];

    /// <summary>Resources that must be up before a replica is started.</summary>
    public IList<Resource> WaitsFor { get; } = [];

    /// <summary>Command-line arguments.</summary>
    public IList<string> Arguments { get; } = [];

    /// <summary>Path on endpoint <c>http</c> that answers 200 once the service is up; null: up once started.</summary>
    public string? HealthCheckPath { get; internal set; }

    /// <summary>Number of processes.</summary>
    public int Replicas { get; private set; } = 1;

    /// <summary>Whether it was asked for in replicas, be it one.</summary>
    public bool IsReplicated { get; private set; }

    /// <summary>Name of a process, stable over its restarts: the resource's own, or with replicas its name and their ordinal.</summary>
    public string Instance(int ordinal) => IsReplicated ? FormattableString.Invariant($"{Name}-{ordinal}") : Name;

    internal void Replicate(int replicas) => (Replicas, IsReplicated) = (replicas, true);
}

/// <summary>A .NET project, started from its build output.</summary>
/// <param name="name">Name in the model.</param>
/// <param name="projectPath">Path of the project file; its name decides which build output is started.</param>
public sealed class ProjectResource(string name, string projectPath) : ProcessResource(name)
{
    /// <summary>Path of the project file as the model gives it; a test may start another program in its place.</summary>
    public string ProjectPath { get; internal set; } = projectPath;
}

/// <summary>A program of the machine.</summary>
public sealed class ExecutableResource(string name, string command, string workingDirectory) : ProcessResource(name)
{
    /// <summary>Path or name of the program.</summary>
    public string Command { get; } = command;

    /// <summary>Directory in which it runs.</summary>
    public string WorkingDirectory { get; } = workingDirectory;
}
