using System.CommandLine;
using System.CommandLine.Invocation;
using Cluster.Cli.Checkpoints;
using Cluster.Cli.Completion;
using Cluster.Cli.Data;
using Cluster.Cli.Invocation;
using Cluster.Cli.Jobs;
using Cluster.Cli.Ops;
using Cluster.Cli.Parsing;
using Cluster.Cli.Predictions;
using Cluster.Cli.Pricing;
using Cluster.Cli.Summaries;
using Cluster.Cli.Tasks;
using Cluster.Cli.Training;

namespace Cluster.Cli;

/// <summary>
/// The command <c>cluster</c>, for its own process and for others that bring a cluster with them: those take the root
/// command, add options and commands of their own, and invoke it.
/// </summary>
public static class ClusterCommandLine
{
    private static readonly ParserConfiguration Parser = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>Parses the arguments and runs the command they name.</summary>
    /// <param name="args">The command line without the name of the program.</param>
    /// <param name="host">Streams, and where the cluster comes from.</param>
    /// <param name="cancellationToken">Ctrl+C: a command that watches a job leaves it and ends.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, CommandLineHost host, CancellationToken cancellationToken)
        => InvokeAsync(CreateRoot(host), args, host, cancellationToken);

    /// <summary>All commands of <c>cluster</c>.</summary>
    public static RootCommand CreateRoot(CommandLineHost host) => CreateRoot(host, new GlobalOptions(host));

    internal static RootCommand CreateRoot(CommandLineHost host, GlobalOptions globals)
    {
        var root = new RootCommand("Monte Carlo computations and training jobs on a cluster of CPU and GPU workers.")
        {
            HelpName = host.CommandName,
        };
        globals.AddTo(root);
        root.Add(new PiCommand(host, globals));
        root.Add(new PriceCommand(host, globals));
        root.Add(new OpCommand(host, globals));
        root.Add(new TrainCommand(host, globals));
        root.Add(new DataCommand(host, globals));
        root.Add(new JobsCommand(host, globals));
        root.Add(new JobCommand(host, globals));
        root.Add(new WatchCommand(host, globals));
        root.Add(new SummaryCommand(host, globals));
        root.Add(new CancelCommand(host, globals));
        root.Add(new ResumeCommand(host, globals));
        root.Add(new CheckpointsCommand(host, globals));
        root.Add(new CheckpointCommand(host, globals));
        root.Add(new PredictCommand(host, globals));
        root.Add(new TasksCommand(host, globals));
        root.Add(new DrainCommand(host, globals));
        root.Add(new DevicesCommand(host, globals));
        root.Add(new SpecCommand(host, globals));
        root.Add(new CompletionCommand(host));
        HelpPages.Apply(root, host.CommandName);
        return root;
    }

    /// <summary>Parses the arguments by a root command from <see cref="CreateRoot(CommandLineHost)"/> and runs the command they name.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<int> InvokeAsync(RootCommand root, IReadOnlyList<string> args, CommandLineHost host, CancellationToken cancellationToken)
    {
        var parsed = root.Parse(args, Parser);
        if (parsed.Action is null or ParseErrorAction)
        {
            UsageErrors.Write(parsed, host);
            return (int)ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            Output = host.Output,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(configuration, cancellationToken);
    }
}
