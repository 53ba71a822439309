using System.Globalization;
using System.Runtime.InteropServices;
using Cluster.Compute.Devices;
using Cluster.Compute.Threads;
using Cluster.Contracts.Devices;

namespace Cluster.Compute.Cpu;

/// <summary>What the CPU is, for people: model, cores used, vector width.</summary>
public static class CpuDescription
{
    /// <summary>One line, like <c>AMD EPYC 9655, 2 cores, 512-bit vectors</c>.</summary>
    public static string For(int cores) => string.Create(
        CultureInfo.InvariantCulture, $"{Model}, {cores} {(cores == 1 ? "core" : "cores")}, {Vectors(VectorWidths.Widest)}");

    internal static string Model { get; } = ReadModel();

    internal static DeviceInfo InfoFor(int cores, VectorWidth width) =>
        new(DeviceType.Cpu, 0, Model, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, cores, Vectors(width));

    private static string Vectors(VectorWidth width) => $"{(int)width}-bit vectors";

    private static string ReadModel()
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
}
