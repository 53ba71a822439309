namespace Cluster.Compute.Cuda;

/// <summary>How a CUDA device is opened.</summary>
public sealed record CudaOptions
{
    /// <summary>Bytes of device memory that are kept for later when nothing uses them; default 1 GiB, at least 0.</summary>
    public long IdleMemoryLimit { get; init; } = 1L << 30;

    /// <summary>How long a caller waits for what it has enqueued before the device counts as lost; default 2 minutes, from 1 ms to 1 hour.</summary>
    public TimeSpan OperationLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <exception cref="ArgumentOutOfRangeException">Names the option, its value and the limit.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(IdleMemoryLimit);
        ArgumentOutOfRangeException.ThrowIfLessThan(OperationLimit, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(OperationLimit, TimeSpan.FromHours(1));
    }
}
