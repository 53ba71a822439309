using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cluster.Benchmarks.Kernels;

/// <summary>The C++ twin of the Pi kernel, compiled by the machine's clang for its processor.</summary>
internal static unsafe class NativePi
{
    private static readonly TimeSpan CompilerLimit = TimeSpan.FromMinutes(2);
    private static readonly Lazy<nint> Library = new(Load);

    /// <summary>Why there is no twin, or null.</summary>
    public static string? Missing =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "clang++")))
            ? null
            : "clang++ is not on the PATH";

    /// <summary>Points inside of blocks [0, <paramref name="blocks"/>), which are at most 2³².</summary>
    public static ulong CountInside(int bits, long blocks, ulong seed) =>
        ((delegate* unmanaged<ulong, ulong, ulong, ulong>)NativeLibrary.GetExport(Library.Value, $"count_inside_{bits}"))(0, (ulong)blocks, seed);

    private static nint Load()
    {
        var library = Path.Combine(Directory.CreateTempSubdirectory("philox-pi").FullName, "libphilox_pi.so");
        var source = Path.Combine(AppContext.BaseDirectory, "Native", "philox_pi.cpp");
        using var compiler = Process.Start(
            "clang++", ["-O3", "-march=native", "-mprefer-vector-width=512", "-std=c++17", "-shared", "-fPIC", source, "-o", library]);
        if (!compiler.WaitForExit(CompilerLimit) || compiler.ExitCode != 0)
            throw new InvalidOperationException($"clang++ did not compile {source}.");
        return NativeLibrary.Load(library);
    }
}
