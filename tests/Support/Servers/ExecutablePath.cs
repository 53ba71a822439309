using System.Runtime.InteropServices;

namespace Cluster.Support.Servers;

/// <summary>Where programs of the machine are.</summary>
public static class ExecutablePath
{
    /// <summary>Full path of a program on PATH or, after that, at one of the given places; null when it is at none.</summary>
    public static string? Find(string name, params IEnumerable<string> otherPlaces)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name))
            .Concat(otherPlaces)
            .FirstOrDefault(path => Resolve(path) is not null);
    }

    /// <summary>The file that a path leads to in the end; null when there is none, as behind a link to what was removed.</summary>
    public static string? Resolve(string path)
    {
        var file = new FileInfo(path);
        var target = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) ?? file : file;
        return target.Exists ? target.FullName : null;
    }

    /// <summary>The dotnet command that runs this process: it need not be on PATH.</summary>
    public static string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var muxer = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(muxer) ? muxer : name;
    }
}
