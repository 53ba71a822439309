using Cluster.Cli.Invocation;
using Cluster.Cli.Parsing;
using Cluster.Cli.Training.Options;

namespace Cluster.Cli.Training;

/// <summary><c>cluster train --model NAME</c>.</summary>
internal sealed class TrainCommand : ClusterCommand, IHasNotes
{
    private readonly TrainingJob _job;

    public TrainCommand(CommandLineHost host, GlobalOptions globals)
        : base("train", "Train a model: the linear one, or the one that --model names.", host, globals)
    {
        _job = new TrainingJob(this, host, new TrainOptions());
        Subcommands.Add(new LinearCommand(host, globals));
    }

    public string Notes => """
        `train linear` is the same as `train --model linear`, and its help says what happens without --data.
        """;

    public override IReadOnlyList<string> Examples { get; } =
    [
        "train linear",
        "train --model linear --data houses.csv --label price --epochs 500",
        "train linear --help",
    ];

    protected override Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken) => _job.RunAsync(run, cancellationToken);
}
