using System.CommandLine.Parsing;
using Cluster.Cli.Invocation;
using Cluster.Cli.Parsing;
using Cluster.Cli.Training.Options;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training;

/// <summary><c>cluster train linear</c>: short for <c>cluster train --model linear</c>.</summary>
internal sealed class LinearCommand : ClusterCommand, IHasNotes
{
    private readonly TrainingJob _job;

    public LinearCommand(CommandLineHost host, GlobalOptions globals)
        : base("linear", "Fit a linear model, to a CSV file or to TensorFlow's example of a line.", host, globals)
    {
        _job = new TrainingJob(this, host, new TrainOptions(TrainingNames.Linear));
        Validators.Add(RequireOptionsBehind);
    }

    public string Notes => """
        Without --data, the example of TensorFlow's chapter on distributed training: 101 points of y = 2x + 0.2 with noise; two
        lanes for its two workers; one example a step and lane; 200 passes of both lanes together for its 100 epochs on each;
        Adagrad 0.8 with accumulators from 0.1; w from -1, b from -2. Asynchronous, as there: a lane's gradient is applied when
        it arrives, at the full learning rate. With --mode sync the lanes take the same examples, and each of the same 10,200
        steps applies the mean gradient of both; the parameters then have the same bits on any number of workers.

        With --data, a CSV file with a header and numbers below it. All columns but the label are features.
        """;

    public override IReadOnlyList<string> Examples { get; } =
    [
        "train linear",
        "train linear --mode sync --lanes 8 --batch 1 --epochs 100 --log-device-placement",
        "train linear --data houses.csv --label price --epochs 500 --json",
    ];

    protected override Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken) => _job.RunAsync(run, cancellationToken);

    // Those in front belong to train itself, and would count for nothing here.
    private static void RequireOptionsBehind(CommandResult linear)
    {
        foreach (var option in ((CommandResult)linear.Parent!).Children.OfType<OptionResult>().Where(o => !o.Implicit && !o.Option.Recursive))
            linear.AddError($"{option.Option.Name}: must be given behind linear");
    }
}
