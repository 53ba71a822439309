namespace Cluster.Client.State;

/// <summary>
/// What a runner tells the command line and the tests about the cluster it keeps up. It holds the cluster key and
/// passwords: it is written for its owner alone.
/// </summary>
public sealed record ClusterState
{
    /// <summary>The cluster key, sent as a bearer token to every endpoint.</summary>
    public required string Key { get; init; }

    /// <summary>Address of the coordinator's gRPC endpoint (HTTP/2 without TLS), for example <c>http://127.0.0.1:21034</c>.</summary>
    public required string Coordinator { get; init; }

    /// <summary>When the runner started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Process id of the runner: while it lives, the cluster is up.</summary>
    public required int RunnerPid { get; init; }

    /// <summary>Every process of the cluster, in the order in which the app model names them.</summary>
    public required IReadOnlyList<ClusterResource> Resources { get; init; }

    /// <summary>Connection strings by resource name (<c>redis</c>, <c>messaging</c>); empty for an embedded cluster.</summary>
    public required IReadOnlyDictionary<string, string> ConnectionStrings { get; init; }
}

/// <summary>One process of a cluster.</summary>
/// <param name="Name">Name of the resource in the app model, for example <c>worker</c>.</param>
/// <param name="Instance">Name of this replica, stable over restarts, for example <c>worker-0</c>.</param>
/// <param name="Pid">Process id, or 0 while the process waits to be started again.</param>
/// <param name="Endpoints">Addresses by endpoint name.</param>
/// <param name="Restarts">How many times the process has been started again.</param>
public sealed record ClusterResource(
    string Name,
    string Instance,
    int Pid,
    IReadOnlyDictionary<string, string> Endpoints,
    int Restarts);
