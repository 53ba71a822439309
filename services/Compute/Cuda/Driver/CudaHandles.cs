using System.Runtime.InteropServices;

namespace Cluster.Compute.Cuda.Driver;

/// <summary>The primary context of a device, retained once. What lives in it holds it, so that it goes last.</summary>
internal sealed class CudaContextHandle : SafeHandle
{
    private readonly int _device;

    /// <exception cref="CudaException">The device could not be opened.</exception>
    public unsafe CudaContextHandle(int device) : base(0, ownsHandle: true)
    {
        nint context;
        CudaDriver.cuDevicePrimaryCtxRetain(&context, device).Check(nameof(CudaDriver.cuDevicePrimaryCtxRetain));
        _device = device;
        SetHandle(context);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Makes it the calling thread's; the driver's functions work on the calling thread's context.</summary>
    public void MakeCurrent() => CudaDriver.cuCtxSetCurrent(handle).Check(nameof(CudaDriver.cuCtxSetCurrent));

    protected override bool ReleaseHandle() => CudaDriver.cuDevicePrimaryCtxRelease_v2(_device) == CudaResult.Success;
}

/// <summary>
/// An object in a context. Released on any thread, the finalizer's too: the context is made current first. What a lost context
/// held is gone already, so errors of a release say nothing.
/// </summary>
internal abstract class CudaHandle : SafeHandle
{
    private readonly CudaContextHandle _context;

    /// <param name="context">Current on the calling thread.</param>
    /// <param name="value">What the driver has just created. Where it could not, this constructor is not reached and holds nothing.</param>
    protected CudaHandle(CudaContextHandle context, nint value) : base(0, ownsHandle: true)
    {
        var held = false;
        context.DangerousAddRef(ref held);
        _context = context;
        SetHandle(value);
    }

    public override bool IsInvalid => false;

    /// <summary>The driver's pointer; valid while the owner holds this.</summary>
    public nint Value => handle;

    protected sealed override bool ReleaseHandle()
    {
        try
        {
            return handle == 0
                || (CudaDriver.cuCtxSetCurrent(_context.DangerousGetHandle()) == CudaResult.Success && Release() == CudaResult.Success);
        }
        finally
        {
            _context.DangerousRelease();
        }
    }

    protected abstract CudaResult Release();
}

internal sealed class CudaStreamHandle(CudaContextHandle context) : CudaHandle(context, Create())
{
    private const uint DoesNotWaitForTheDefaultStream = 1;

    protected override CudaResult Release() => CudaDriver.cuStreamDestroy_v2(handle);

    private static unsafe nint Create()
    {
        nint stream;
        CudaDriver.cuStreamCreate(&stream, DoesNotWaitForTheDefaultStream).Check(nameof(CudaDriver.cuStreamCreate));
        return stream;
    }
}

internal sealed class CudaEventHandle(CudaContextHandle context) : CudaHandle(context, Create())
{
    private const uint DisableTiming = 2;

    protected override CudaResult Release() => CudaDriver.cuEventDestroy_v2(handle);

    private static unsafe nint Create()
    {
        nint created;
        CudaDriver.cuEventCreate(&created, DisableTiming).Check(nameof(CudaDriver.cuEventCreate));
        return created;
    }
}

/// <summary>Memory of the device.</summary>
internal sealed class CudaMemoryHandle(CudaContextHandle context, long bytes) : CudaHandle(context, Create(bytes))
{
    public long Bytes => bytes;

    public ulong Address => (ulong)handle;

    protected override CudaResult Release() => CudaDriver.cuMemFree_v2((ulong)handle);

    private static unsafe nint Create(long bytes)
    {
        ulong address;
        CudaDriver.cuMemAlloc_v2(&address, (nuint)bytes).Check(nameof(CudaDriver.cuMemAlloc_v2));
        return (nint)address;
    }
}

/// <summary>Memory of the host that stays where it is, so that the device copies to and from it by itself.</summary>
internal sealed unsafe class CudaPinnedHandle(CudaContextHandle context, int bytes) : CudaHandle(context, Create(bytes))
{
    private const uint EveryContext = 1;

    public Span<byte> Span => new((void*)handle, bytes);

    protected override CudaResult Release() => CudaDriver.cuMemFreeHost((void*)handle);

    private static nint Create(int bytes)
    {
        void* memory;
        CudaDriver.cuMemHostAlloc(&memory, (nuint)bytes, EveryContext).Check(nameof(CudaDriver.cuMemHostAlloc));
        return (nint)memory;
    }
}
