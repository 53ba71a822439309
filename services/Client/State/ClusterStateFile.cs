using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Cluster.Client.State;

/// <summary>Reads and writes state files of running clusters, and finds those of the current user.</summary>
public static class ClusterStateFile
{
    // A process's start time is derived from the boot time, which clock corrections move a little.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The per-user directory of clusters: <c>$XDG_STATE_HOME/cluster-aspire</c> or <c>~/.local/state/cluster-aspire</c>;
    /// on macOS and Windows under the local application data.
    /// </summary>
    public static string UserDirectory => Path.Combine(StateHome(), "cluster-aspire");

    /// <summary>The file that a runner with this process id writes when it is given no other path.</summary>
    public static string DefaultPath(int runnerPid) =>
        Path.Combine(UserDirectory, runnerPid.ToString(CultureInfo.InvariantCulture) + ".json");

    /// <summary>Writes the state in one step, readable and writable by its owner alone (mode 600).</summary>
    public static void Write(string path, ClusterState state)
    {
        var target = Path.GetFullPath(path);
        CreatePrivateDirectory(Path.GetDirectoryName(target)!);
        var draft = $"{target}.{Guid.NewGuid():N}.draft";
        try
        {
            using (var stream = new FileStream(draft, NewPrivateFile()))
                JsonSerializer.Serialize(stream, state, ClusterStateJson.Default.ClusterState);
            File.Move(draft, target, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>
    /// Why a path that a user names must not become a state file, which replaces what is there and is removed at the end: it holds
    /// something else, or the state of another cluster that runs. Null where it may.
    /// </summary>
    public static string? WhyNotReplaceable(string path)
    {
        if (!File.Exists(path))
            return null;
        if (TryRead(path) is not { } state)
            return "holds something that is no cluster's state; name another file";
        return state.RunnerPid != Environment.ProcessId && IsRunnerAlive(state)
            ? string.Create(CultureInfo.InvariantCulture, $"is the state of a cluster that runs, process {state.RunnerPid}; name another file")
            : null;
    }

    /// <summary>Reads a state file.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is no cluster state; the message names it.</exception>
    public static ClusterState Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, ClusterStateJson.Default.ClusterState)
                ?? throw new InvalidDataException($"{path} is not a cluster state file: it holds null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not a cluster state file: {e.Message}", e);
        }
    }

    /// <summary>
    /// The running clusters of this user, the one started last first. Files whose runner is gone are removed; files
    /// that cannot be read are passed over.
    /// </summary>
    public static IReadOnlyList<ClusterState> FindLive() => FindLive(UserDirectory);

    /// <summary>As <see cref="FindLive()"/>, for the state files in this directory.</summary>
    public static IReadOnlyList<ClusterState> FindLive(string directory)
    {
        if (!Directory.Exists(directory))
            return [];
        var live = new List<ClusterState>();
        foreach (var path in Directory.EnumerateFiles(directory, "*.json"))
        {
            if (TryRead(path) is not { } state)
                continue;
            if (IsRunnerAlive(state))
                live.Add(state);
            else
                File.Delete(path);
        }

        return [.. live.OrderByDescending(state => state.StartedAt)];
    }

    private static ClusterState? TryRead(string path)
    {
        try
        {
            return Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    private static bool IsRunnerAlive(ClusterState state)
    {
        try
        {
            using var process = Process.GetProcessById(state.RunnerPid);
            // A process that is younger than the state has been given a dead runner's id.
            return process.StartTime.ToUniversalTime() <= state.StartedAt.UtcDateTime + ClockTolerance;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }

    private static string StateHome()
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS())
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } home && Path.IsPathRooted(home)
            ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
    }

    private static void CreatePrivateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static FileStreamOptions NewPrivateFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
