using Cluster.Cli.Invocation;
using Cluster.Cli.Jobs;
using Cluster.Cli.Parsing;
using Cluster.Client;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training;

/// <summary><c>cluster train linear</c>.</summary>
internal sealed class LinearCommand : ClusterCommand, IHasNotes
{
    private readonly LinearOptions _options = new();
    private readonly JobLaunch _launch;

    public LinearCommand(CommandLineHost host, GlobalOptions globals)
        : base("linear", "Fit a linear model, to a CSV file or to TensorFlow's example of a line.", host, globals)
    {
        _options.AddTo(this);
        _launch = new JobLaunch(host);
        _launch.AddTo(this);
    }

    public string Notes => """
        Without --data, the example of TensorFlow's chapter on distributed training: 101 points of y = 2x + 0.2 with noise; two
        lanes for its two workers; one example a step and lane; 200 passes of both lanes together for its 100 epochs on each;
        Adagrad 0.8 with accumulators from 0.1; w from -1, b from -2. Asynchronous, as there: a lane's gradient is applied when
        it arrives. With --mode sync the lanes take the same examples, and each of the same 10,200 steps applies the mean
        gradient of both; the parameters then have the same bits on any number of workers.

        With --data, a CSV file with a header and numbers below it. All columns but the label are features.
        """;

    public override IReadOnlyList<string> Examples { get; } =
    [
        "train linear",
        "train linear --mode sync --lanes 8 --batch 1 --epochs 100 --log-device-placement",
        "train linear --data houses.csv --label price --epochs 500 --json",
    ];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var upload = DataUpload.Open(run.Parsed.GetValue(_options.Data));
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        var spec = await ReadSpecAsync(run, client, upload, cancellationToken).ConfigureAwait(false);
        return await _launch.RunAsync(run, client, t => client.SubmitAsync(spec, cancellationToken: t), cancellationToken).ConfigureAwait(false);
    }

    private async Task<TrainingSpec> ReadSpecAsync(CommandRun run, ClusterClient client, DataUpload? upload, CancellationToken cancellationToken)
    {
        var label = run.Parsed.GetValue(_options.Label);
        var data = upload is null ? null : await upload.SendAsync(run, client, label!, cancellationToken).ConfigureAwait(false);
        return _options.ReadSpec(run.Parsed, data);
    }
}
