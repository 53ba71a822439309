using System.CommandLine;
using System.CommandLine.Parsing;

namespace Cluster.Cli.Parsing;

/// <summary>Names of files on the command line.</summary>
internal static class FileNames
{
    /// <summary>Refuses an empty name.</summary>
    public static void Require(Argument<string> file) => file.Validators.Add(result => Check(result, result.Argument.Name));

    /// <inheritdoc cref="Require(Argument{string})"/>
    public static void Require(Option file) => file.Validators.Add(result => Check(result, result.Option.Name));

    private static void Check(SymbolResult result, string name)
    {
        if (result.Tokens is [{ Value: "" }]) result.AddError($"{name}: '': must name a file or a directory");
    }
}
