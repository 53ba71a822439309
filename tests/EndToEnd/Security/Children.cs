using System.Globalization;

namespace Cluster.EndToEnd.Security;

/// <summary>The children of processes of this machine, from /proc.</summary>
internal static class Children
{
    /// <summary>Ids of all processes whose parent is one of these.</summary>
    public static HashSet<int> Of(IReadOnlySet<int> parents)
    {
        var children = new HashSet<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && ParentOf(id) is { } parent && parents.Contains(parent))
                children.Add(id);
        }

        return children;
    }

    // "pid (name) state parent …"; the name may hold spaces. Null for a process that is gone.
    private static int? ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText(FormattableString.Invariant($"/proc/{pid}/stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
