using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Jobs;
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
        using var upload = DataUpload.Open(run.Parsed.GetValue(_options.Data.Data));
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        var spec = await ReadSpecAsync(run, client, upload, cancellationToken).ConfigureAwait(false);
        return await _launch.RunAsync(run, client, t => client.SubmitAsync(spec, cancellationToken: t), cancellationToken).ConfigureAwait(false);
    }

    private async Task<TrainingSpec> ReadSpecAsync(CommandRun run, ClusterClient client, DataUpload? upload, CancellationToken cancellationToken)
    {
        var label = run.Parsed.GetValue(_options.Data.Label);
        var data = upload is null ? null : await upload.SendAsync(run, client, label!, cancellationToken).ConfigureAwait(false);
        return _options.Read(run.Parsed, data);
    }
}
