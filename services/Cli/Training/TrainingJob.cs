using System.CommandLine;
using Cluster.Cli.Data;
using Cluster.Cli.Invocation;
using Cluster.Cli.Jobs;
using Cluster.Cli.Output;
using Cluster.Cli.Training.Options;
using Cluster.Client;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Training;

/// <summary>Sends data and spec of a command that trains, and stays with the job.</summary>
internal sealed class TrainingJob
{
    private readonly TrainOptions _options;
    private readonly JobLaunch _launch;

    public TrainingJob(Command command, CommandLineHost host, TrainOptions options)
    {
        _options = options;
        _options.AddTo(command);
        _launch = new JobLaunch(host);
        _launch.AddTo(command);
    }

    public async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var transfer = _options.Data.Open(run.Parsed);
        var client = await run.ConnectAsync(cancellationToken);
        var spec = await ReadSpecAsync(run, client, transfer, cancellationToken);
        return await _launch.RunAsync(run, client, (key, t) => client.SubmitAsync(spec, key, t), cancellationToken);
    }

    private async Task<TrainingSpec> ReadSpecAsync(CommandRun run, ClusterClient client, DataTransfer? transfer, CancellationToken cancellationToken)
    {
        var data = await DataAsync(run, client, transfer, cancellationToken);
        var spec = _options.Read(run.Parsed, data);
        if (_options.Checkpoints.Continued(run.Parsed) is not { } id) return spec;
        var checkpoint = await client.GetCheckpointAsync(id, cancellationToken);
        return ContinuedSpec.Of(checkpoint, spec, _options.All, run.Parsed);
    }

    private async Task<string?> DataAsync(CommandRun run, ClusterClient client, DataTransfer? transfer, CancellationToken cancellationToken)
    {
        if (transfer is null) return _options.Data.ReadName(run.Parsed);
        var data = await transfer.RunAsync(run, client, cancellationToken);
        run.Display.Note($"{run.Parsed.GetValue(_options.Data.Data)}: {Figures.Count(data.Rows, "row")}, "
            + $"{Figures.Count(data.Features.Count, "feature")}; data set {data.Id}");
        return data.Id;
    }
}
