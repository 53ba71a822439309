using System.Text.RegularExpressions;

namespace Cluster.Architecture.Tests;

/// <summary>A file of C#: its namespace, and those that it uses.</summary>
internal sealed partial record SourceFile(string Path, string Namespace, IReadOnlyList<string> Imports, IReadOnlyList<string> Lines)
{
    /// <summary>The files below a directory of the repository, without what a build makes.</summary>
    public static IEnumerable<SourceFile> Below(string directory)
        => Directory.EnumerateFiles(directory, "*.cs", SearchOption.AllDirectories).Where(path => !IsBuilt(path)).Select(Read);

    /// <summary>The projects' directories: each has one <c>.csproj</c>.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. Directory.EnumerateFiles(Testing.Repository.Root, "*.csproj", SearchOption.AllDirectories).Where(path => !IsBuilt(path))
            .Select(path => System.IO.Path.GetDirectoryName(path)!)];

    private static bool IsBuilt(string path) => path.Contains("/artifacts/", StringComparison.Ordinal) || path.Contains("/obj/", StringComparison.Ordinal);

    private static SourceFile Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var own = lines.Select(line => NamespaceLine().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value ?? "";
        var imports = lines.Select(line => UsingLine().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);
        return new SourceFile(System.IO.Path.GetRelativePath(Testing.Repository.Root, path), own, [.. imports], lines);
    }

    [GeneratedRegex(@"^namespace ([\w.]+);$")]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?([\w.]+);$")]
    private static partial Regex UsingLine();
}
