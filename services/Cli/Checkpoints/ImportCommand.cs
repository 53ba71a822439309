using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Parsing;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Checkpoints;

/// <summary><c>cluster checkpoint import FILE</c>.</summary>
internal sealed class ImportCommand : ClusterCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A safetensors file with float32 tensors." };

    private readonly Option<string?> _name = new("--name") { Description = "Its name. Default: a new one.", HelpName = "NAME" };

    private readonly Option<string?> _like = new("--like")
    {
        Description = "For a file that no cluster wrote: a job or checkpoint of the same model, which says what the tensors are.",
        HelpName = "CHECKPOINT",
    };

    public ImportCommand(CommandLineHost host, GlobalOptions globals)
        : base("import", "Take a safetensors file in as a checkpoint, which stays until it is removed.", host, globals)
    {
        Arguments.Add(_file);
        FileNames.Require(_file);
        Options.Add(_name);
        Options.Add(_like);
        _name.Validators.Add(name =>
        {
            if (name.Tokens is [{ Value: var text }] && !CheckpointId.IsName(text)) name.AddError($"--name: {text}: {CheckpointId.NameForm}");
        });
        _like.Validators.Add(like =>
        {
            if (like.Tokens is [{ Value: var text }] && !CheckpointId.IsWellFormed(text)) like.AddError($"--like: {text}: {CheckpointId.Form}");
        });
    }

    public override IReadOnlyList<string> Examples { get; } =
        ["checkpoint import model.safetensors --name houses-1", "checkpoint import torch.safetensors --like training-abcdefgh"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var file = run.Parsed.GetRequiredValue(_file);
        var length = File.Exists(file) ? new FileInfo(file).Length : 0;
        var client = await run.ConnectAsync(cancellationToken);
        var checkpoint = await run.Display.ShowTransferAsync(Path.GetFileName(file), length, sent => client.ImportCheckpointAsync(
            file, run.Parsed.GetValue(_name), run.Parsed.GetValue(_like), sent, cancellationToken));
        CheckpointReport.WriteOne(run, checkpoint, checkpoint.Id);
        return ExitCode.Ok;
    }
}
