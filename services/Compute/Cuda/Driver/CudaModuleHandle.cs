using System.Text;

namespace Cluster.Compute.Cuda.Driver;

/// <summary>The kernels of one PTX file, compiled by the driver for the device at hand.</summary>
internal sealed unsafe class CudaModuleHandle : CudaHandle
{
    private const int ErrorLogOption = 5;
    private const int ErrorLogBytesOption = 6;
    private const int LogBytes = 1024;

    /// <param name="context">Current on the calling thread.</param>
    /// <param name="name">For the message.</param>
    /// <param name="ptx">Ends in a NUL.</param>
    /// <exception cref="CudaException">With the first line that the driver's compiler wrote.</exception>
    public CudaModuleHandle(CudaContextHandle context, string name, ReadOnlySpan<byte> ptx) : base(context)
    {
        nint module;
        var log = stackalloc byte[LogBytes];
        log[0] = 0;
        var options = stackalloc int[] { ErrorLogOption, ErrorLogBytesOption };
        var values = stackalloc void*[] { log, (void*)LogBytes };
        CudaResult result;
        fixed (byte* image = ptx)
            result = CudaDriver.cuModuleLoadDataEx(&module, image, 2, options, values);
        if (result != CudaResult.Success)
            throw new CudaException(nameof(CudaDriver.cuModuleLoadDataEx), result, $" in {name}{FirstLine(log)}");
        SetHandle(module);
    }

    /// <exception cref="CudaException">No kernel of this name.</exception>
    public nint Function(string name)
    {
        nint function;
        CudaResult result;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
            result = CudaDriver.cuModuleGetFunction(&function, handle, text);
        return result == CudaResult.Success
            ? function
            : throw new CudaException(nameof(CudaDriver.cuModuleGetFunction), result, $" for kernel {name}");
    }

    protected override CudaResult Release() => CudaDriver.cuModuleUnload(handle);

    private static string FirstLine(byte* log)
    {
        var text = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(log, LogBytes)).Split('\0')[0].Trim();
        return text.Length == 0 ? "" : ": " + text.Split('\n')[0];
    }
}
