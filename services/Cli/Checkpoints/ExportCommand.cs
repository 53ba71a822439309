using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Parsing;

namespace Cluster.Cli.Checkpoints;

/// <summary><c>cluster checkpoint export CHECKPOINT FILE</c>.</summary>
internal sealed class ExportCommand : ClusterCommand
{
    private const string Ending = ".safetensors";

    private readonly Argument<string> _checkpoint = CheckpointArgument.Create();
    private readonly Argument<string> _file = new("FILE") { Description = $"The file, which ends in {Ending}. It appears when it is whole." };
    private readonly Option<bool> _force = OutputFiles.Force();

    public ExportCommand(CommandLineHost host, GlobalOptions globals)
        : base("export", "Write a checkpoint as a safetensors file: tensors, optimizer state and how it was trained.", host, globals)
    {
        Arguments.Add(_checkpoint);
        Arguments.Add(_file);
        FileNames.Require(_file);
        Options.Add(_force);
        _file.Validators.Add(file => OutputFiles.Check(file, "FILE", Ending, _force));
    }

    public override IReadOnlyList<string> Examples { get; } = ["checkpoint export training-abcdefgh model.safetensors"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (id, file) = (run.Parsed.GetRequiredValue(_checkpoint), run.Parsed.GetRequiredValue(_file));
        var client = await run.ConnectAsync(cancellationToken);
        var checkpoint = await run.Display.ShowTransferAsync(
            Path.GetFileName(file), 0, received => client.ExportCheckpointAsync(id, file, run.Parsed.GetValue(_force), received, cancellationToken));
        CheckpointReport.WriteOne(run, checkpoint, $"{checkpoint.Id} in {file}");
        return ExitCode.Ok;
    }
}
