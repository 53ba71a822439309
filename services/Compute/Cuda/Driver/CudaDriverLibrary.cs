using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cluster.Compute.Cuda.Driver;

/// <summary>Finds the driver's library where drivers put it.</summary>
internal static class CudaDriverLibrary
{
    /// <summary>Environment variable with the path of the library to use instead of those that are looked for.</summary>
    public const string PathVariable = "CLUSTER_CUDA_DRIVER";

    private static readonly string[] Names = OperatingSystem.IsWindows()
        ? ["nvcuda.dll"]
        : ["libcuda.so.1", "libcuda.so", "/usr/local/nvidia/lib64/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"];

    /// <summary>What is looked for, in order.</summary>
    public static IReadOnlyList<string> Candidates =>
        Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path ? [path] : Names;

    /// <summary>Tells the runtime where to look. It allows it once an assembly, and keeps the first library that it finds.</summary>
#pragma warning disable CA2255 // The resolver must be there before the first call, whoever makes it.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(CudaDriver).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != CudaDriver.Library) return 0;
        foreach (var candidate in Candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out var library)) return library;
        }

        return 0;
    }
}
