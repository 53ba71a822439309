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

    protected CudaHandle(CudaContextHandle context) : base(0, ownsHandle: true)
    {
        var held = false;
        context.DangerousAddRef(ref held);
        _context = context;
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

internal sealed class CudaStreamHandle : CudaHandle
{
    private const uint DoesNotWaitForTheDefaultStream = 1;

    public unsafe CudaStreamHandle(CudaContextHandle context) : base(context)
    {
        nint stream;
        CudaDriver.cuStreamCreate(&stream, DoesNotWaitForTheDefaultStream).Check(nameof(CudaDriver.cuStreamCreate));
        SetHandle(stream);
    }

    protected override CudaResult Release() => CudaDriver.cuStreamDestroy_v2(handle);
}

internal sealed class CudaEventHandle : CudaHandle
{
    private const uint DisableTiming = 2;

    public unsafe CudaEventHandle(CudaContextHandle context) : base(context)
    {
        nint created;
        CudaDriver.cuEventCreate(&created, DisableTiming).Check(nameof(CudaDriver.cuEventCreate));
        SetHandle(created);
    }

    protected override CudaResult Release() => CudaDriver.cuEventDestroy_v2(handle);
}

/// <summary>Memory of the device.</summary>
internal sealed class CudaMemoryHandle : CudaHandle
{
    public unsafe CudaMemoryHandle(CudaContextHandle context, long bytes) : base(context)
    {
        ulong address;
        CudaDriver.cuMemAlloc_v2(&address, (nuint)bytes).Check(nameof(CudaDriver.cuMemAlloc_v2));
        Bytes = bytes;
        SetHandle((nint)address);
    }

    public long Bytes { get; }

    public ulong Address => (ulong)handle;

    protected override CudaResult Release() => CudaDriver.cuMemFree_v2((ulong)handle);
}

/// <summary>Memory of the host that stays where it is, so that the device copies to and from it by itself.</summary>
internal sealed unsafe class CudaPinnedHandle : CudaHandle
{
    private const uint EveryContext = 1;

    public CudaPinnedHandle(CudaContextHandle context, int bytes) : base(context)
    {
        void* memory;
        CudaDriver.cuMemHostAlloc(&memory, (nuint)bytes, EveryContext).Check(nameof(CudaDriver.cuMemHostAlloc));
        Bytes = bytes;
        SetHandle((nint)memory);
    }

    public int Bytes { get; }

    public Span<byte> Span => new((void*)handle, Bytes);

    protected override CudaResult Release() => CudaDriver.cuMemFreeHost((void*)handle);
}
