using System.CommandLine;
using Cluster.Cli.Parsing;

namespace Cluster.Cli.Invocation;

/// <summary>A command that talks to a cluster: what it throws becomes one line and an exit code.</summary>
internal abstract class ClusterCommand : Command, IHasExamples
{
    protected ClusterCommand(string name, string description, CommandLineHost host, GlobalOptions globals)
        : base(name, description)
        => SetAction((parsed, cancellationToken) => RunGuardedAsync(host, globals, parsed, cancellationToken));

    public abstract IReadOnlyList<string> Examples { get; }

    protected abstract Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken);

    private async Task<int> RunGuardedAsync(CommandLineHost host, GlobalOptions globals, ParseResult parsed, CancellationToken cancellationToken)
    {
        var run = new CommandRun(host, globals, parsed);
        await using (run)
        {
            try
            {
                return (int)await RunAsync(run, cancellationToken);
            }
            catch (Exception e)
            {
                return (int)Failures.Report(e, host.Error, cancellationToken);
            }
        }
    }
}
