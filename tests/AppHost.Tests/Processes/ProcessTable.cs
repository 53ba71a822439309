using System.Globalization;

namespace Cluster.AppHost.Tests.Processes;

/// <summary>What runs on this machine, from /proc.</summary>
internal static class ProcessTable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether the process runs; one that has ended and waits for its parent does not.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            var stat = File.ReadAllText(FormattableString.Invariant($"/proc/{pid}/stat"));
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The living processes whose working directory is this one, removed or not.</summary>
    public static IEnumerable<int> WorkingIn(string directory) => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0 && WorkingDirectory(pid)?.StartsWith(directory, StringComparison.Ordinal) == true && IsAlive(pid));

    /// <summary>The living processes whose program's path contains this text, and whose environment has all of these lines.</summary>
    public static IReadOnlyList<int> WithEnvironment(string first, string second, string program) => [.. Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0 && Read(pid, "cmdline").Split('\0')[0].Contains(program, StringComparison.Ordinal)
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
}
