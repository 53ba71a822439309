using System.Runtime.InteropServices;
using Cluster.Compute.Devices;

namespace Cluster.Compute.Cuda.Driver;

/// <summary>
/// NVIDIA's matrix products, from cuBLAS where it is installed: bound by name at run time, since neither the driver nor this
/// project brings it. Its order of accumulation is its own and changes with the GPU and the version.
/// </summary>
internal sealed unsafe class Cublas
{
    /// <summary>Environment variable with the path of the library to use instead of those that are looked for.</summary>
    public const string PathVariable = "CLUSTER_CUBLAS";

    private static readonly string[] Names = OperatingSystem.IsWindows()
        ? ["cublas64_13.dll", "cublas64_12.dll", "cublas64_11.dll"]
        : ["libcublas.so.13", "libcublas.so.12", "libcublas.so.11", "libcublas.so", "/usr/local/cuda/lib64/libcublas.so"];

    private readonly delegate* unmanaged<nint*, int> _create;
    private readonly delegate* unmanaged<nint, int> _destroy;
    private readonly delegate* unmanaged<nint, nint, int> _setStream;
    private readonly delegate* unmanaged<nint, int, int, int, int, int, float*, ulong, int, ulong, int, float*, ulong, int, int> _sgemm;

    private Cublas(nint library)
    {
        _create = (delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "cublasCreate_v2");
        _destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "cublasDestroy_v2");
        _setStream = (delegate* unmanaged<nint, nint, int>)NativeLibrary.GetExport(library, "cublasSetStream_v2");
        _sgemm = (delegate* unmanaged<nint, int, int, int, int, int, float*, ulong, int, ulong, int, float*, ulong, int, int>)
            NativeLibrary.GetExport(library, "cublasSgemm_v2");
    }

    /// <exception cref="DeviceException">It is not installed, or too old.</exception>
    public static Cublas Load()
    {
        var candidates = Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path ? [path] : Names;
        foreach (var candidate in candidates)
        {
            if (!NativeLibrary.TryLoad(candidate, out var library)) continue;
            try
            {
                return new Cublas(library);
            }
            catch (EntryPointNotFoundException missing)
            {
                throw new DeviceException($"The fast mode needs cuBLAS 11 or newer; {candidate}: {missing.Message.ReplaceLineEndings(" ")}", missing);
            }
        }

        throw new DeviceException($"The fast mode needs cuBLAS: {string.Join(", ", candidates)} cannot be loaded.");
    }

    /// <summary>A handle that enqueues on <paramref name="stream"/>.</summary>
    public nint Open(nint stream)
    {
        nint handle;
        Check(_create(&handle), "cublasCreate_v2");
        var status = _setStream(handle, stream);
        if (status != 0) Close(handle);
        Check(status, "cublasSetStream_v2");
        return handle;
    }

    public void Close(nint handle) => _ = _destroy(handle);

    /// <summary>C = op(A)·op(B). cuBLAS reads by columns what is stored by rows, so it is asked for Cᵀ = op(B)ᵀ·op(A)ᵀ.</summary>
    /// <returns>The status; 0 is success.</returns>
    public int Multiply(nint handle, in MatMulShape shape, ulong a, ulong b, ulong c)
    {
        var (one, zero) = (1f, 0f);
        return _sgemm(
            handle, shape.TransposeB ? 1 : 0, shape.TransposeA ? 1 : 0, shape.N, shape.M, shape.K, &one,
            b, shape.TransposeB ? shape.K : shape.N, a, shape.TransposeA ? shape.M : shape.K, &zero, c, shape.N);
    }

    private static void Check(int status, string function)
    {
        if (status != 0) throw CudaException.OfCublas(function, status);
    }
}
