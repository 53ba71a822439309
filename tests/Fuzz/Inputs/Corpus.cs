namespace Cluster.Fuzz.Inputs;

/// <summary>Files beside the program: right inputs to begin with, and inputs that failed once.</summary>
internal static class Corpus
{
    /// <summary>Right inputs of a target, in order of their names.</summary>
    public static IReadOnlyList<byte[]> Seeds(string target) => [.. Files("Corpus", target).Select(File.ReadAllBytes)];

    /// <summary>Files of inputs on which a target once failed.</summary>
    public static IReadOnlyList<string> Failed(string target) => Files("Failed", target);

    private static string[] Files(string kind, string target)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, kind, target);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)] : [];
    }
}
