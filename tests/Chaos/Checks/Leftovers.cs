using System.Globalization;
using System.Text;

namespace Cluster.Chaos.Checks;

/// <summary>Processes that this one started and that outlived it being told to end them, by /proc.</summary>
internal static class Leftovers
{
    public static IEnumerable<string> Find()
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"CLUSTER_PARENT_PID={Environment.ProcessId}");
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            string environment;
            try
            {
                environment = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(directory, "environ")));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or another user's.
                continue;
            }

            if (environment.Split('\0').Contains(mark)) yield return directory;
        }
    }
}
