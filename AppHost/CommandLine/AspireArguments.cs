namespace Cluster.AppHost.CommandLine;

/// <summary>Tells Aspire's own arguments from ours and from typing errors, which its configuration would take in silence.</summary>
internal static class AspireArguments
{
    // What its command line, its publishers and its test host pass; each takes a value.
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "--operation", "--step", "--publisher", "--output-path", "--log-level", "--include-exception-details", "--list-steps", "--environment",
        "--applicationName", "--contentRoot", "--urls", "--clear-cache", "--no-build", "--pipeline-log-level",
    };

    /// <summary>Takes Aspire's arguments, with their values, out of a command line.</summary>
    /// <returns>The others, and Aspire's, each in their order.</returns>
    public static (IReadOnlyList<string> Ours, IReadOnlyList<string> Aspire) Split(IReadOnlyList<string> args)
    {
        var (ours, aspire) = (new List<string>(), new List<string>());
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i].Split('=', 2)[0];
            if (!IsAspire(name))
            {
                ours.Add(args[i]);
                continue;
            }

            aspire.Add(args[i]);
            var takesNext = name == args[i] && i + 1 < args.Count && !args[i + 1].StartsWith('-');
            if (takesNext) aspire.Add(args[++i]);
        }

        return (ours, aspire);
    }

    // A key of its configuration has a colon: --Parameters:cluster-key, DcpPublisher:RandomizePorts.
    private static bool IsAspire(string name)
        => Names.Contains(name) || (name.Contains(':', StringComparison.Ordinal) && !name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal));
}
