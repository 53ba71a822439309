using Cluster.LocalHosting.Processes;

namespace Cluster.LocalHosting.Running;

/// <summary>A child that is kept up: a server of the machine or one replica of a service.</summary>
internal abstract class Supervised(Resource resource, string instance) : IAsyncDisposable
{
    public Resource Resource { get; } = resource;

    public string Instance { get; } = instance;

    /// <summary>Where it listens now, by endpoint name.</summary>
    public abstract IReadOnlyDictionary<string, string> Endpoints { get; }

    /// <summary>Starts the child, for the first time or again.</summary>
    /// <exception cref="LocalHostingException">It could not be started.</exception>
    public abstract Task<ChildProcess> StartAsync(CancellationToken cancellationToken);

    /// <summary>Ends when a child that has been started does its work.</summary>
    public abstract Task WaitUntilUpAsync(CancellationToken cancellationToken);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
