using Cluster.Compute.Cuda.Driver;
using Cluster.Compute.Cuda.Execution;

namespace Cluster.Compute.Cuda.Memory;

/// <summary>A piece of pinned memory, with the event that its last copy reaches.</summary>
internal sealed class StagingBuffer(CudaPinnedHandle memory, CudaEventHandle reached) : IDisposable
{
    public const int Bytes = 1 << 20;

    public CudaCompletion Completion { get; } = new(reached);

    public CudaPinnedHandle Memory => memory;

    public static StagingBuffer Open(CudaContextHandle context)
    {
        var memory = new CudaPinnedHandle(context, Bytes);
        try
        {
            return new StagingBuffer(memory, new CudaEventHandle(context));
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        memory.Dispose();
        Completion.Dispose();
    }
}
