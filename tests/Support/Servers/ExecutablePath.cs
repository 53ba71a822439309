using System.Runtime.InteropServices;

namespace Cluster.Support.Servers;

/// <summary>Where programs of the machine are.</summary>
public static class ExecutablePath
{
    /// <summary>The dotnet command that runs this process: it need not be on PATH.</summary>
    public static string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var muxer = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(muxer) ? muxer : name;
    }
}
