using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cluster.Worker.Slots;

/// <summary>What the CPU is, for people: model, cores used, vector width.</summary>
internal static class CpuDescription
{
    public static string For(int cores) => $"{Model()}, {cores} {(cores == 1 ? "core" : "cores")}, {VectorBits()}-bit vectors";

    private static string Model()
    {
        try
        {
            const string field = "model name";
            var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
            if (line is not null) return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
        catch (IOException)
        {
            // Not Linux.
        }

        return RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static int VectorBits()
        => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 64;
}
