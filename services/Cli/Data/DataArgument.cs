using System.CommandLine;

namespace Cluster.Cli.Data;

/// <summary>A data set by name or id.</summary>
internal static class DataArgument
{
    public static Argument<string> Create() => new("NAME") { Description = "Name or id of a data set." };
}
