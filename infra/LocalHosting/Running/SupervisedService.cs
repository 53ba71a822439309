using Cluster.LocalHosting.Processes;

namespace Cluster.LocalHosting.Running;

internal sealed class SupervisedService(
    ProcessResource resource,
    int ordinal,
    EndpointPorts ports,
    Func<ServerResource, string> connectionString,
    Action<string> output) : Supervised(resource, resource.Instance(ordinal))
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(100);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    public override IReadOnlyDictionary<string, string> Endpoints => ports.Addresses(resource, ordinal);

    public override Task<ChildProcess> StartAsync(CancellationToken cancellationToken)
    {
        foreach (var endpoint in ports.ReplaceTaken(resource, ordinal))
            output($"the port of endpoint {endpoint} is taken; the endpoint moves to {ports.Address(resource, ordinal, endpoint)}");
        return Task.FromResult(ChildProcess.Start(Program() with
        {
            Environment = ServiceEnvironment.Compose(resource, ordinal, ports, connectionString),
            Output = output,
        }));
    }

    public override async Task WaitUntilUpAsync(CancellationToken cancellationToken)
    {
        if (resource.HealthCheckPath is null)
            return;
        var address = new Uri(ports.Address(resource, ordinal, "http") + resource.HealthCheckPath);
        while (!await IsUpAsync(address, cancellationToken).ConfigureAwait(false))
            await Task.Delay(ProbeInterval, cancellationToken).ConfigureAwait(false);
    }

    private ChildProcessStart Program() => resource switch
    {
        ProjectResource project =>
            new(ExecutablePath.Dotnet(), [ProjectOutput.Find(project.ProjectPath), .. project.Arguments]),
        ExecutableResource executable =>
            new(executable.Command, [.. executable.Arguments]) { WorkingDirectory = executable.WorkingDirectory },
        _ => throw new InvalidOperationException($"{resource.Name} is no process"),
    };

    private static async Task<bool> IsUpAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Http.GetAsync(address, cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
