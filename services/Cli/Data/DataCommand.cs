using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Parsing;

namespace Cluster.Cli.Data;

/// <summary><c>cluster data</c>.</summary>
internal sealed class DataCommand : Command, IHasExamples
{
    public DataCommand(CommandLineHost host, GlobalOptions globals)
        : base("data", "Add data sets for training, look at them, remove them.")
    {
        Subcommands.Add(new DataAddCommand(host, globals));
        Subcommands.Add(new DataListCommand(host, globals));
        Subcommands.Add(new DataShowCommand(host, globals));
        Subcommands.Add(new DataRemoveCommand(host, globals));
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "data add houses houses.csv --label price",
        "data add blobs 'synthetic:blobs?rows=10000&classes=5&seed=7'",
        "data show blobs",
    ];
}
