using System.CommandLine;

namespace Cluster.Cli.Jobs;

internal static class JobArgument
{
    public static Argument<string> Create() => new("ID") { Description = "Id of the job, as `jobs` lists it." };
}
