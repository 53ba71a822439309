using Cluster.Compute.Cuda.Driver;

namespace Cluster.Compute.Cuda.Execution;

/// <summary>What a calling thread waits for; used again and again, by one calling thread at a time.</summary>
internal sealed class CudaCompletion(CudaEventHandle? reached) : IDisposable
{
    private readonly ManualResetEventSlim _done = new();

    public CudaEventHandle? Event => reached;

    /// <summary>Written by the device's thread before it completes.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether the event was recorded and nobody has awaited it yet; the calling thread's.</summary>
    public bool IsRecorded { get; set; }

    public void Reset()
    {
        Failure = null;
        _done.Reset();
    }

    public void Complete() => _done.Set();

    public bool Wait(TimeSpan limit) => _done.Wait(limit);

    public void Dispose()
    {
        _done.Dispose();
        reached?.Dispose();
    }
}
