namespace Cluster.AppHost;

internal static class ContainerEngine
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>Whether an engine answers: a client program alone runs no container.</summary>
    public static async Task<bool> AnswersAsync() => (await Command.RunAsync("docker", ["info"], Limit)).ExitCode == 0;
}
