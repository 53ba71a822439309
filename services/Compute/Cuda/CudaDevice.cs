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
    private bool _isDisposed;

    internal CudaDevice(DeviceInfo info, CudaOptions options)
    {
        Info = info;
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

    internal CudaThread Thread { get; }

    internal CudaKernels Kernels { get; }

    internal CudaMemoryPool Memory { get; }

    public IDeviceStream OpenStream()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return CudaStream.Open(this);
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Thread.Dispose();
        Memory.Dispose();
        Kernels.Dispose();
        _context.Dispose();
    }
}
