using System.CommandLine;
using System.CommandLine.Parsing;

namespace Cluster.Cli.Parsing;

/// <summary>Files that commands write: the ending says what is in them, and none that is there is replaced unasked.</summary>
internal static class OutputFiles
{
    private const string IsThere = "is there already; --force replaces it";

    public static Option<bool> Force() => new("--force") { Description = "Replace a file that is there." };

    /// <summary>Refuses another ending than that of the one format there is, a directory, and a file that is there.</summary>
    /// <param name="result">The argument or option that names the file.</param>
    /// <param name="name">As it is written.</param>
    /// <param name="ending">With its dot.</param>
    /// <param name="force">Whether a file may be replaced.</param>
    public static void Check(SymbolResult result, string name, string ending, Option<bool> force)
    {
        if (result.Tokens is not [{ Value: { Length: > 0 } path }]) return;
        if (!path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            result.AddError($"{name}: {path}: must end in {ending}, the one format that is written");
        else if (Directory.Exists(path)) result.AddError($"{name}: {path}: is a directory, must be a file");
        else if (WhyNot(path, result.GetValue(force)) is { } reason) result.AddError($"{name}: {path}: {reason}");
    }

    /// <returns>Why the file may not be written, or null.</returns>
    public static string? WhyNot(string path, bool force) => !force && File.Exists(path) ? IsThere : null;
}
