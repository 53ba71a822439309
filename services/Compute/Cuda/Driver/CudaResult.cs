namespace Cluster.Compute.Cuda.Driver;

/// <summary>Results of the driver's functions that are told apart; there are more.</summary>
internal enum CudaResult
{
    Success = 0,
    OutOfMemory = 2,
    NotInitialized = 3,
    Deinitialized = 4,
    DeviceUnavailable = 46,
    NoDevice = 100,
    InvalidContext = 201,
    EccUncorrectable = 214,
    NvlinkUncorrectable = 220,
    NotReady = 600,
    IllegalAddress = 700,
    LaunchTimeout = 702,
    ContextIsDestroyed = 709,
    Assert = 710,
    HardwareStackError = 714,
    IllegalInstruction = 715,
    MisalignedAddress = 716,
    InvalidAddressSpace = 717,
    InvalidProgramCounter = 718,
    LaunchFailed = 719,
    Unknown = 999,
}

internal static class CudaResults
{
    /// <summary>The context is gone: every later call gives the same error until the device is opened anew.</summary>
    public static bool IsDeviceLost(this CudaResult result) => result
        is CudaResult.Deinitialized or CudaResult.DeviceUnavailable or CudaResult.InvalidContext
        or CudaResult.EccUncorrectable or CudaResult.NvlinkUncorrectable or CudaResult.IllegalAddress
        or CudaResult.LaunchTimeout or CudaResult.ContextIsDestroyed or CudaResult.Assert
        or CudaResult.HardwareStackError or CudaResult.IllegalInstruction or CudaResult.MisalignedAddress
        or CudaResult.InvalidAddressSpace or CudaResult.InvalidProgramCounter or CudaResult.LaunchFailed
        or CudaResult.Unknown;

    /// <exception cref="CudaException">Any other result than success.</exception>
    public static void Check(this CudaResult result, string function)
    {
        if (result != CudaResult.Success) throw new CudaException(function, result);
    }
}
