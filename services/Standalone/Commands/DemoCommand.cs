using System.CommandLine;
using Cluster.Cli;
using Cluster.Cli.Invocation;
using Cluster.Standalone.Demo;
using Cluster.Standalone.Embedded;

namespace Cluster.Standalone.Commands;

/// <summary><c>standalone demo</c>: the first minute with the cluster, and its promises kept in front of the reader.</summary>
internal sealed class DemoCommand : ClusterCommand
{
    // One stops with the second π, which leaves three for the training.
    private const int Workers = 4;

    private readonly EmbeddedClusterHolder _embedded;
    private readonly Func<ParseResult, EmbeddedClusterOptions> _options;

    public DemoCommand(CommandLineHost host, GlobalOptions globals, EmbeddedClusterHolder embedded, Func<ParseResult, EmbeddedClusterOptions> options)
        : base("demo", "Compute π and train a model on an embedded cluster, and again while workers stop.", host, globals)
        => (_embedded, _options) = (embedded, options);

    public override IReadOnlyList<string> Examples { get; } = ["demo"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var options = _options(run.Parsed) with { Workers = Workers };
        run.Display.Note(
            $"starting a coordinator, {options.ParameterStores} parameter store{(options.ParameterStores == 1 ? "" : "s")} and {Workers} workers "
            + "in this process");
        await _embedded.ConnectAsync(options, cancellationToken);
        var cluster = await run.ConnectAsync(cancellationToken);
        var stage = new DemoStage(run, cluster, _embedded.Cluster, Workers);
        return await PiAct.PlayAsync(stage, cancellationToken) && await TrainingAct.PlayAsync(stage, cancellationToken)
            ? ExitCode.Ok
            : ExitCode.Failed;
    }
}
