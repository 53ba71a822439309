using System.Runtime.InteropServices;
using Cluster.Compute.Cuda.Driver;
using Cluster.Compute.Devices;

namespace Cluster.Compute.Cuda;

/// <summary>A function of the CUDA driver failed; the message has its name and the driver's name for the error.</summary>
public sealed class CudaException : DeviceException
{
    internal CudaException(string function, CudaResult result, string detail = "")
        : base($"{function}: {NameOf(result)} ({(int)result}){detail}") =>
        (Function, Code, IsDeviceLost) = (function, (int)result, result.IsDeviceLost());

    private CudaException(string message, string function, bool isDeviceLost) : base(message) =>
        (Function, Code, IsDeviceLost) = (function, 0, isDeviceLost);

    private CudaException(CudaException cause) : base(cause.Message, cause) =>
        (Function, Code, IsDeviceLost) = (cause.Function, cause.Code, cause.IsDeviceLost);

    /// <summary>The driver's function: <c>cuMemAlloc_v2</c>.</summary>
    public string Function { get; }

    /// <summary>The driver's number of the error; 0 where the driver gave none.</summary>
    public int Code { get; }

    public override bool IsDeviceLost { get; }

    internal bool IsOutOfMemory => Code == (int)CudaResult.OutOfMemory;

    /// <summary>The device has not done in time what was enqueued; nothing more is expected of it.</summary>
    internal static CudaException NotInTime(string what, TimeSpan limit) =>
        new($"{what}: not done after {limit.TotalSeconds:0.###} s; the device counts as lost", what, isDeviceLost: true);

    /// <summary>The same error for another caller, so that each stack trace is its own.</summary>
    internal CudaException Again() => new(this);

    private static unsafe string NameOf(CudaResult result)
    {
        byte* name = null;
        return CudaDriver.cuGetErrorName(result, &name) == CudaResult.Success && name != null
            ? Marshal.PtrToStringUTF8((nint)name)!
            : "an error that the driver has no name for";
    }
}
