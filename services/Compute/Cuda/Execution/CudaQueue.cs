using Cluster.Compute.Cuda.Driver;

namespace Cluster.Compute.Cuda.Execution;

/// <summary>A stream of the driver, with what failed on it. The device's thread alone reads and writes the failure.</summary>
internal sealed class CudaQueue(CudaStreamHandle stream)
{
    /// <summary>The first failure since the last one was handed over; until then what comes is skipped.</summary>
    public CudaException? Failure { get; set; }

    public CudaStreamHandle Stream => stream;
}
