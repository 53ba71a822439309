namespace Cluster.Storage.Sources;

/// <summary>Paths with every symbolic link followed, those of folders included.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <summary>The path of what a path leads to in the end.</summary>
    /// <param name="path">Absolute.</param>
    /// <exception cref="IOException">A link cannot be read, or links lead in a circle.</exception>
    public static string Of(string path)
    {
        var links = 0;
        var root = Path.GetPathRoot(path)!;
        var parts = new Stack<string>(Split(Path.GetFullPath(path)[root.Length..]).Reverse());
        var real = root;
        while (parts.TryPop(out var part))
        {
            var next = Path.GetFullPath(Path.Combine(real, part));
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
                throw new IOException("there are too many links on the way");
            var whole = Path.GetFullPath(Path.Combine(real, target));
            foreach (var inner in Split(whole[root.Length..]).Reverse()) parts.Push(inner);
            real = root;
        }

        return real;
    }

    private static string[] Split(string path) => path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
}
