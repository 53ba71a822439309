using Cluster.LocalHosting.Running;

namespace Cluster.LocalHosting;

/// <summary>An app model, ready to run as processes of this machine.</summary>
public sealed class DistributedApplication
{
    private readonly LocalRunnerOptions _options;

    internal DistributedApplication(IReadOnlyList<Resource> resources, LocalRunnerOptions options)
    {
        Resources = resources;
        _options = options;
    }

    /// <summary>The model: every resource, in the order in which it was added.</summary>
    public IReadOnlyList<Resource> Resources { get; }

    /// <summary>Starts the description of a model.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(LocalRunnerOptions options) =>
        new DistributedApplicationBuilder(options);

    /// <summary>Starts every resource and keeps it up until the token, Ctrl+C or SIGTERM asks for the end.</summary>
    /// <exception cref="LocalHostingException">A resource could not be brought up; everything has been stopped.</exception>
    public Task RunAsync(CancellationToken cancellationToken = default) =>
        LocalRunner.RunAsync(Resources, _options, cancellationToken);
}
