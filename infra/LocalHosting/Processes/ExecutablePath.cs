using System.Runtime.InteropServices;

namespace Cluster.LocalHosting.Processes;

internal static class ExecutablePath
{
    /// <summary>Full path of a program on PATH or, after that, at one of the given places; null when it is at none.</summary>
    public static string? Find(string name, params IEnumerable<string> otherPlaces)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name))
            .Concat(otherPlaces)
            .FirstOrDefault(File.Exists);
    }

    /// <summary>The dotnet command that runs this process: it need not be on PATH.</summary>
    public static string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var muxer = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(muxer) ? muxer : name;
    }
}
