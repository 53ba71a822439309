using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Client;
using Cluster.Client.Discovery;

namespace Cluster.Cli;

/// <summary>Brings up, or finds, the cluster that a command line is to talk to. Called at most once a command.</summary>
public delegate ValueTask<ClusterConnection> ClusterLocator(ParseResult parsed, CancellationToken cancellationToken);

/// <summary>What surrounds the command line: its streams, and where the cluster comes from.</summary>
public sealed record CommandLineHost
{
    /// <summary>Results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Progress, notes and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether <see cref="Error"/> is a terminal that can draw a live display.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Name of the program in help texts and hints.</summary>
    public string CommandName { get; init; } = "cluster";

    /// <summary>
    /// A cluster that lives and ends with this process, or null to look for one (<see cref="Lookup"/>, with the options
    /// <c>--address</c> and <c>--state-file</c>). An interrupted command cancels its job there, since nobody could attach
    /// to it again.
    /// </summary>
    public ClusterLocator? EmbeddedCluster { get; init; }

    public ClusterLookup Lookup { get; init; } = new();

    /// <summary>Time limits of calls.</summary>
    public ClusterClientOptions ClientOptions { get; init; } = new();

    /// <summary>Clock of progress lines.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What is said when a second Ctrl+C ends the process.</summary>
    public LastWords LastWords { get; init; } = new();

    /// <summary>This process's console.</summary>
    public static CommandLineHost ForConsole() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        IsErrorTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
    };
}
