using System.Collections.ObjectModel;

namespace Cluster.Support.Processes;

/// <summary>What a test's cluster consists of.</summary>
internal sealed record TestClusterOptions(int Workers = 2)
{
    public int ParameterStores { get; init; } = 1;

    /// <summary>Coordinator and workers know the models of the tests too.</summary>
    public bool TestModels { get; init; }

    /// <summary>The project of the workers' program, from the root of the repository.</summary>
    public string WorkerProject
    {
        get => field ?? (TestModels ? "tests/Support/TestWorker/TestWorker.csproj" : "services/Worker/Worker.csproj");
        init;
    }

    /// <summary>The project of the coordinator's program.</summary>
    public string CoordinatorProject => TestModels ? "tests/Support/TestChief/TestChief.csproj" : "services/Coordinator/Coordinator.csproj";

    /// <summary>Services reach Redis, RabbitMQ and ps tasks through links that a test cuts, holds and slows down.</summary>
    public bool Links { get; init; }

    /// <summary>Takes each line that a process prints: its instance, the line. Called on any thread.</summary>
    public Action<string, string>? Output { get; init; }

    public IReadOnlyDictionary<string, string> CoordinatorEnvironment { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Given to every process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>How everything is run by TLS; null for without.</summary>
    public TestTls? Tls { get; init; }

    /// <summary>Given to every worker process.</summary>
    public IReadOnlyDictionary<string, string> WorkerEnvironment { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Given to every ps process.</summary>
    public IReadOnlyDictionary<string, string> ParameterStoreEnvironment { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Lines of configuration that count instead of those that Redis is started with.</summary>
    public IReadOnlyList<string> RedisSettings { get; init; } = [];

    /// <summary>Given to Redis.</summary>
    public IReadOnlyDictionary<string, string> RedisEnvironment { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
