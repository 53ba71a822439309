using Cluster.Compute.Cuda.Driver;
using Cluster.Compute.Cuda.Execution;
using Cluster.Compute.Cuda.Memory;
using Cluster.Compute.Devices;

namespace Cluster.Compute.Cuda;

/// <summary>
/// An NVIDIA GPU. Owns its context, the thread that uses it, the compiled kernels and the memory pool. Streams and buffers that
/// outlive it throw when they are used, and can still be disposed.
/// </summary>
public sealed class CudaDevice : IDevice
{
    private readonly CudaContextHandle _context;

    internal CudaDevice(DeviceInfo info, CudaOptions options)
    {
        Cublas = options.FastMatMul ? Cublas.Load() : null;
        Info = options.FastMatMul ? info with { Details = $"{info.Details}, matrix products by cuBLAS: not the same bits" } : info;
        _context = new CudaContextHandle(CudaDevices.Ordinal(info.Index));
        Thread = new CudaThread(_context, $"cuda {info.Index}", options.OperationLimit);
        Kernels = new CudaKernels(Thread);
        Memory = new CudaMemoryPool(Thread, options.IdleMemoryLimit);
        try
        {
            Thread.Call(context =>
            {
                context.MakeCurrent();
                return true;
            });
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public DeviceInfo Info { get; }

    /// <summary>Why nothing works on it any more, until it is disposed and opened anew; null while it works.</summary>
    public DeviceException? Lost => Thread.Lost;

    /// <summary>What it can do at most.</summary>
    public CudaLimits Limits => CudaLimits.Of(CudaDevices.Ordinal(Info.Index));

    internal bool IsDisposed { get; private set; }

    /// <summary>Null unless the fast mode was asked for.</summary>
    internal Cublas? Cublas { get; }

    internal CudaThread Thread { get; }

    internal CudaKernels Kernels { get; }

    internal CudaMemoryPool Memory { get; }

    public IDeviceStream OpenStream()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return CudaStream.Open(this);
    }

    public void Dispose()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        Thread.Dispose();
        Memory.Dispose();
        Kernels.Dispose();
        _context.Dispose();
    }
}
