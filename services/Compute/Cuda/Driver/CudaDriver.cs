using System.Runtime.InteropServices;

namespace Cluster.Compute.Cuda.Driver;

/// <summary>
/// The functions of NVIDIA's driver library that are used, as its documentation (CUDA Driver API) declares them. Pointers to
/// objects of the driver are <c>nint</c>, addresses in a device's memory <c>ulong</c>. All return a <see cref="CudaResult"/>.
/// </summary>
internal static unsafe partial class CudaDriver
{
    internal const string Library = "cuda-driver";

    [LibraryImport(Library)]
    internal static partial CudaResult cuInit(uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDriverGetVersion(int* version);

    [LibraryImport(Library)]
    internal static partial CudaResult cuGetErrorName(CudaResult result, byte** name);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetCount(int* count);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGet(int* device, int ordinal);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceTotalMem_v2(nuint* bytes, int device);

    // Of CUDA 11.4: of a MIG instance that of the instance.
    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetUuid_v2(byte* uuid, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetUuid(byte* uuid, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDeviceGetAttribute(int* value, CudaDeviceAttribute attribute, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDevicePrimaryCtxRetain(nint* context, int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)]
    internal static partial CudaResult cuCtxSetCurrent(nint context);

    [LibraryImport(Library)]
    internal static partial CudaResult cuModuleLoadDataEx(nint* module, byte* image, uint optionCount, int* options, void** values);

    [LibraryImport(Library)]
    internal static partial CudaResult cuModuleUnload(nint module);

    [LibraryImport(Library)]
    internal static partial CudaResult cuModuleGetFunction(nint* function, nint module, byte* name);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemAlloc_v2(ulong* address, nuint bytes);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemFree_v2(ulong address);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemHostAlloc(void** memory, nuint bytes, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemFreeHost(void* memory);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemcpyHtoDAsync_v2(ulong target, void* source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemcpyDtoHAsync_v2(void* target, ulong source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemcpyDtoDAsync_v2(ulong target, ulong source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuMemsetD32Async(ulong target, uint value, nuint count, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamCreate(nint* stream, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuStreamDestroy_v2(nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventCreate(nint* created, uint flags);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventDestroy_v2(nint destroyed);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventRecord(nint recorded, nint stream);

    [LibraryImport(Library)]
    internal static partial CudaResult cuEventQuery(nint asked);

    [LibraryImport(Library)]
    internal static partial CudaResult cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream,
        void** parameters, void** extra);
}
