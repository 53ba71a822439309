using System.Globalization;

namespace Cluster.Support.Processes;

/// <summary>What runs on this machine, from /proc.</summary>
internal static class ProcessTable
{
    private const char Zombie = 'Z';
    private const char Gone = 'X';
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether the process runs; one that has ended and waits for its parent does not.</summary>
    public static bool IsAlive(int pid) => State(pid) is not (Zombie or Gone);

    /// <summary>Whether the process stands where a signal stopped it.</summary>
    public static bool IsSuspended(int pid) => State(pid) == 'T';

    /// <summary>The living processes whose working directory is this one, removed or not.</summary>
    public static IEnumerable<int> WorkingIn(string directory)
        => All().Where(pid => WorkingDirectory(pid)?.StartsWith(directory, StringComparison.Ordinal) == true && IsAlive(pid));

    /// <summary>The living processes whose program's path contains this text, and whose environment has both lines.</summary>
    public static IReadOnlyList<int> WithEnvironment(string first, string second, string program) => [.. All()
        .Where(pid => Read(pid, "cmdline").Split('\0')[0].Contains(program, StringComparison.Ordinal)
            && Read(pid, "environ").Split('\0') is var lines && lines.Contains(first) && lines.Contains(second) && IsAlive(pid))
        .Order()];

    /// <summary>Polls until nothing is selected or the time is over.</summary>
    public static async Task<IReadOnlyList<int>> LivingAfterAsync(
        Func<IEnumerable<int>> selected, TimeSpan limit, CancellationToken cancellationToken)
    {
        var deadline = DateTime.UtcNow + limit;
        while (selected().Any() && DateTime.UtcNow < deadline)
            await Task.Delay(PollInterval, cancellationToken);
        return [.. selected()];
    }

    private static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0);

    private static char State(int pid)
    {
        try
        {
            // "pid (name) state …"; the name may hold spaces.
            var stat = File.ReadAllText(FormattableString.Invariant($"/proc/{pid}/stat"));
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return Gone;
        }
    }

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText(FormattableString.Invariant($"/proc/{pid}/{file}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string? WorkingDirectory(int pid)
    {
        try
        {
            return new FileInfo(FormattableString.Invariant($"/proc/{pid}/cwd")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
