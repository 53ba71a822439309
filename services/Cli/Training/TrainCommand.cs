using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Parsing;

namespace Cluster.Cli.Training;

/// <summary><c>cluster train MODEL</c>.</summary>
internal sealed class TrainCommand : Command, IHasExamples
{
    public TrainCommand(CommandLineHost host, GlobalOptions globals)
        : base("train", "Train a model. Each model is a command of its own, with its own options.")
        => Subcommands.Add(new LinearCommand(host, globals));

    public IReadOnlyList<string> Examples { get; } = ["train linear", "train linear --help"];
}
