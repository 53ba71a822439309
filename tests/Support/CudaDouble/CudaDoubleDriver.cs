using System.Runtime.InteropServices;
using System.Text;

namespace Cluster.CudaDouble;

/// <summary>
/// A test double of NVIDIA's driver library: it runs the kernels' own source, compiled for the host, behind the driver's
/// functions, and does wrong what a test asks for. It is no GPU: its devices are named "TEST DOUBLE (no GPU)", what passes on
/// it says nothing about the PTX, and no report may count it as a GPU.
/// </summary>
/// <remarks>
/// To use it, reference this project. In the test's own process: call <see cref="TryLoad"/> before anything of
/// <c>Cluster.Compute.Cuda</c>, since the runtime keeps the first driver that it finds. In a child process: give it the
/// variables of <see cref="Environment"/>. What it pretends to be and does wrong, with the defaults, is listed in
/// <c>Native/faults.h</c>: <c>devices</c>, <c>memory</c>, <c>driver_version</c>, <c>init_code</c>, <c>fail_allocations</c>,
/// <c>launch_code</c>, <c>lost_code</c>, <c>hang</c>. The process must run on Linux and the machine must have clang++ or g++;
/// else skip the test with the reason that is returned.
/// </remarks>
public sealed unsafe class CudaDoubleDriver
{
    /// <summary>The variable that names the driver library for <c>Cluster.Compute.Cuda</c>.</summary>
    public const string DriverVariable = "CLUSTER_CUDA_DRIVER";

    /// <summary>The variable with the double's first settings: <c>devices=2,memory=1048576</c>.</summary>
    public const string SettingsVariable = "CUDA_DOUBLE";

    private static readonly Lock Gate = new();
    private readonly delegate* unmanaged<byte*, long, int> _set;
    private readonly delegate* unmanaged<byte*, long> _get;

    private CudaDoubleDriver(string path)
    {
        var library = NativeLibrary.Load(path);
        _set = (delegate* unmanaged<byte*, long, int>)NativeLibrary.GetExport(library, "cuda_double_set");
        _get = (delegate* unmanaged<byte*, long>)NativeLibrary.GetExport(library, "cuda_double_get");
    }

    /// <summary>Compiles the library where it has not been compiled yet.</summary>
    /// <returns>Its path, or null with the <paramref name="reason"/> to skip.</returns>
    /// <exception cref="InvalidOperationException">There is a compiler and it refuses the sources.</exception>
    public static string? TryBuild(out string reason)
    {
        reason = "";
        if (!OperatingSystem.IsLinux()) reason = "The test double of the CUDA driver is for Linux.";
        else if (HostCompiler.Installed.Count == 0) reason = "clang++ is not installed: the test double of the CUDA driver cannot be compiled.";
        if (reason.Length > 0) return null;

        lock (Gate)
        {
            return HostCompiler.Compile(
                HostCompiler.Installed[0], "driver.cpp", ".so", ["-shared", "-fPIC", "-fvisibility=hidden"], out var output)
                ?? throw new InvalidOperationException($"The test double of the CUDA driver does not compile: {output}");
        }
    }

    /// <summary>Compiles the library and makes it this process's CUDA driver.</summary>
    /// <returns>Its controls, or null with the <paramref name="reason"/> to skip.</returns>
    public static CudaDoubleDriver? TryLoad(out string reason)
    {
        if (TryBuild(out reason) is not { } path) return null;
        System.Environment.SetEnvironmentVariable(DriverVariable, path);
        return new CudaDoubleDriver(path);
    }

    /// <summary>What a child process needs in its environment to have the library at <paramref name="path"/> as its CUDA driver.</summary>
    public static IReadOnlyDictionary<string, string> Environment(string path, string settings = "") => new Dictionary<string, string>
    {
        [DriverVariable] = path,
        [SettingsVariable] = settings,
    };

    /// <summary>Changes a setting of <c>Native/faults.h</c>.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public void Set(string name, long value)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
        {
            if (_set(text, value) != 0) throw new ArgumentException($"The test double has no setting '{name}'.", nameof(name));
        }
    }

    /// <summary>A count: <c>allocations</c>, <c>pinned</c>, <c>streams</c>, <c>events</c>, <c>modules</c>, <c>contexts</c>
    /// that are held, <c>launches</c>, and bytes <c>copied</c>.</summary>
    public long Count(string name)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
            return _get(text);
    }
}
