namespace Cluster.AppHost;

/// <summary>The engine that runs the app model.</summary>
internal enum Runner
{
    /// <summary>Aspire: containers for Redis and RabbitMQ, dashboard.</summary>
    Aspire,

    /// <summary>Child processes of the app host.</summary>
    Local,
}
