using Cluster.Compute.Cuda.Driver;

namespace Cluster.Compute.Cuda.Execution;

/// <summary>What a device's thread does for a command. A failure stays on the stream until somebody waits for it.</summary>
internal static unsafe class CudaCommands
{
    public static void Execute(in CudaCommand command, CudaContextHandle context, CudaThread thread)
    {
        switch (command.Operation)
        {
            case CudaOperation.Call:
                Call(in command, context, thread);
                return;
            case CudaOperation.Await:
                Await(in command, thread);
                return;
            case CudaOperation.Finish:
                Finish(in command, thread);
                return;
        }

        var queue = command.Queue!;
        if (queue.Failure is not null || thread.Lost is not null) return;
        var result = Enqueue(in command, queue.Stream.Value, out var function);
        if (result != CudaResult.Success) queue.Failure = thread.Note(new CudaException(function, result));
    }

    private static CudaResult Enqueue(in CudaCommand command, nint stream, out string function)
    {
        switch (command.Operation)
        {
            case CudaOperation.Upload:
                function = nameof(CudaDriver.cuMemcpyHtoDAsync_v2);
                return CudaDriver.cuMemcpyHtoDAsync_v2(command.Target, (void*)command.Pointer, (nuint)command.Bytes, stream);
            case CudaOperation.Download:
                function = nameof(CudaDriver.cuMemcpyDtoHAsync_v2);
                return CudaDriver.cuMemcpyDtoHAsync_v2((void*)command.Pointer, command.Source, (nuint)command.Bytes, stream);
            case CudaOperation.Copy:
                function = nameof(CudaDriver.cuMemcpyDtoDAsync_v2);
                return CudaDriver.cuMemcpyDtoDAsync_v2(command.Target, command.Source, (nuint)command.Bytes, stream);
            case CudaOperation.Fill:
                function = nameof(CudaDriver.cuMemsetD32Async);
                return CudaDriver.cuMemsetD32Async(command.Target, command.Value, (nuint)command.Bytes / sizeof(uint), stream);
            case CudaOperation.Record:
                function = nameof(CudaDriver.cuEventRecord);
                return CudaDriver.cuEventRecord(command.Completion!.Event!.Value, stream);
            default:
                function = nameof(CudaDriver.cuLaunchKernel);
                return Launch(command, stream);
        }
    }

    /// <param name="command">A copy of its own on this stack: the driver reads the arguments from there before it returns.</param>
    /// <param name="stream">The driver's stream.</param>
    private static CudaResult Launch(CudaCommand command, nint stream)
    {
        var arguments = &command.Arguments;
        var pointers = stackalloc void*[KernelArguments.Most];
        for (var i = 0; i < arguments->Count; i++)
            pointers[i] = KernelArguments.Pointer(arguments, i);
        var size = command.Size;
        return CudaDriver.cuLaunchKernel(
            command.Pointer, size.BlocksX, size.BlocksY, 1, size.Threads, 1, 1, 0, stream, pointers, null);
    }

    private static void Call(in CudaCommand command, CudaContextHandle context, CudaThread thread)
    {
        var completion = command.Completion!;
        try
        {
            if (thread.Lost is not null) throw thread.Lost;
            command.Call!(context);
        }
#pragma warning disable CA1031 // Whatever it is, the caller who waits gets it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            completion.Failure = failure is CudaException cuda ? thread.Note(cuda) : failure;
        }

        completion.Complete();
    }

    /// <summary>Where the stream has failed the event may not have been recorded: what it stands for is skipped.</summary>
    private static void Await(in CudaCommand command, CudaThread thread)
    {
        if (command.Queue!.Failure is null)
        {
            thread.Await(command.Completion!);
            return;
        }

        command.Completion!.Failure = thread.Lost;
        command.Completion.Complete();
    }

    /// <summary>After a failure too, what was enqueued before it is waited for: it may use memory that is given back then.</summary>
    private static void Finish(in CudaCommand command, CudaThread thread)
    {
        var (queue, completion) = (command.Queue!, command.Completion!);
        completion.Failure = queue.Failure;
        queue.Failure = null;
        var result = thread.Lost is null ? CudaDriver.cuEventRecord(completion.Event!.Value, queue.Stream.Value) : CudaResult.Success;
        if (result == CudaResult.Success && thread.Lost is null)
        {
            thread.Await(completion);
            return;
        }

        if (result != CudaResult.Success) completion.Failure = thread.Note(new CudaException(nameof(CudaDriver.cuEventRecord), result));
        completion.Failure = thread.Lost ?? completion.Failure;
        completion.Complete();
    }
}
