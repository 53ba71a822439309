using Cluster.Compute.Cuda.Driver;

namespace Cluster.Compute.Cuda.Execution;

internal enum CudaOperation
{
    /// <summary>Run <see cref="CudaCommand.Call"/> and complete.</summary>
    Call,
    Launch,
    Upload,
    Download,
    Copy,
    Fill,

    /// <summary>Record the completion's event: it is reached when all that was enqueued before is done.</summary>
    Record,

    /// <summary>Complete when the recorded event is reached.</summary>
    Await,

    /// <summary>Record and await, and hand over what failed on the stream since the last time.</summary>
    Finish,
}

/// <summary>Work for the thread of a device. Which fields count depends on the operation.</summary>
internal struct CudaCommand
{
    public CudaOperation Operation;

    public CudaQueue? Queue;

    public CudaCompletion? Completion;

    public Action<CudaContextHandle>? Call;

    /// <summary>A kernel, or memory of the host.</summary>
    public nint Pointer;

    public ulong Target, Source;

    /// <summary>Of a copy.</summary>
    public long Bytes;

    /// <summary>The four bytes that a fill repeats.</summary>
    public uint Value;

    public LaunchSize Size;

    public KernelArguments Arguments;
}

/// <summary>Blocks of a grid, and threads of a block.</summary>
internal readonly record struct LaunchSize(uint BlocksX, uint BlocksY, uint Threads);
