using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Parsing;

namespace Cluster.Cli.Checkpoints;

/// <summary><c>cluster checkpoint export|import|keep|remove</c>.</summary>
internal sealed class CheckpointCommand : Command, IHasExamples
{
    public CheckpointCommand(CommandLineHost host, GlobalOptions globals)
        : base("checkpoint", "Keep, export, import or remove a state of a trained model.")
    {
        Subcommands.Add(new ExportCommand(host, globals));
        Subcommands.Add(new ImportCommand(host, globals));
        Subcommands.Add(new KeepCommand(host, globals));
        Subcommands.Add(new RemoveCommand(host, globals));
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "checkpoint export training-abcdefgh model.safetensors",
        "checkpoint import model.safetensors --name houses-1",
        "checkpoint keep training-abcdefgh@1200 houses-2",
        "checkpoint remove houses-1",
    ];
}
