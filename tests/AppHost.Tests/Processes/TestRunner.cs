namespace Cluster.AppHost.Tests.Processes;

/// <summary>A runner in a process of its own: two kinds of services, and the real servers on request.</summary>
internal static class TestRunner
{
    public const string Servers = "--servers";
    public const string Unbuilt = "--unbuilt";
    private const string Project = "tests/AppHost.Tests/AppHost.Tests.csproj";

    public static async Task<int> RunAsync(string directory, string[] flags)
    {
        var builder = DistributedApplication.CreateBuilder(new LocalRunnerOptions
        {
            StateFile = StateFile(directory),
            DrainTimeout = TimeSpan.FromSeconds(2),
        });
        var key = builder.AddParameter("cluster-key", secret: true);
        var alpha = builder.AddProject("alpha", flags.Contains(Unbuilt) ? "nowhere/Nothing.csproj" : Project)
            .WithArgs("service")
            .WithArgs([.. flags])
            .WithHttpEndpoint()
            .WithHttpHealthCheck("/alive")
            .WithGrpcEndpoint()
            .WithEnvironment("CLUSTER_KEY", key);
        var beta = builder.AddProject("beta", Project)
            .WithArgs("service")
            .WithReplicas(2)
            .WithHttpEndpoint()
            .WithHttpHealthCheck("/alive")
            .WithReference(alpha)
            .WaitFor(alpha);
        if (flags.Contains(Servers))
            beta.WithReference(builder.AddRedis("redis")).WithReference(builder.AddRabbitMQ("messaging"));
        try
        {
            await builder.Build().RunAsync();
            return 0;
        }
        catch (LocalHostingException e)
        {
            Console.WriteLine(e.Message);
            return 1;
        }
    }

    public static string StateFile(string directory) => Path.Combine(directory, "state.json");
}
