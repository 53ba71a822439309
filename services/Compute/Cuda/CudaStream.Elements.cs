using Cluster.Compute.Cuda.Execution;
using Cluster.Compute.Devices;

namespace Cluster.Compute.Cuda;

/// <summary>Operations on elements, and their sum.</summary>
internal sealed partial class CudaStream
{
    // Enough blocks for any GPU; a thread takes more elements where there are more.
    private const int MostElementBlocks = 1 << 16;

    // Elements of one block of ReduceSum, and such blocks of one block of the grid.
    private const int SumBlock = 4096;
    private const int SumGroups = 8;

    public void Fill(DeviceSpan target, float value)
    {
        var address = Address(target);
        if (target.Length == 0) return;
        Post(new CudaCommand
        {
            Operation = CudaOperation.Fill,
            Target = address,
            Bytes = sizeof(float) * (long)target.Length,
            Value = BitConverter.SingleToUInt32Bits(value),
        });
    }

    public void Copy(DeviceSpan source, DeviceSpan target)
    {
        SpanChecks.RequireLength(target, source.Length, nameof(target), nameof(source));
        SpanChecks.RequireApart(target, source, nameof(target), nameof(source));
        var (from, to) = (Address(source), Address(target));
        if (target.Length == 0) return;
        Post(new CudaCommand { Operation = CudaOperation.Copy, Source = from, Target = to, Bytes = sizeof(float) * (long)target.Length });
    }

    public void Add(DeviceSpan a, DeviceSpan b, DeviceSpan result) => Binary(CudaKernel.Add, a, b, result);

    public void Multiply(DeviceSpan a, DeviceSpan b, DeviceSpan result) => Binary(CudaKernel.Multiply, a, b, result);

    public void Scale(DeviceSpan a, float scale, DeviceSpan result)
    {
        SpanChecks.RequireLength(result, a.Length, nameof(result), nameof(a));
        SpanChecks.RequireSameOrApart(result, a, nameof(result), nameof(a));
        LaunchElements(
            CudaKernel.Scale, result.Length, new KernelArguments().Add(Address(a)).Add(scale).Add(Address(result)).Add(result.Length));
    }

    public void AddScaled(DeviceSpan a, float scale, DeviceSpan target)
    {
        SpanChecks.RequireLength(target, a.Length, nameof(target), nameof(a));
        SpanChecks.RequireApart(target, a, nameof(target), nameof(a));
        LaunchElements(
            CudaKernel.AddScaled, target.Length, new KernelArguments().Add(Address(a)).Add(scale).Add(Address(target)).Add(target.Length));
    }

    public void ReduceSum(DeviceSpan a, DeviceSpan result)
    {
        SpanChecks.RequireShape(result, 1, 1, nameof(result));
        SpanChecks.RequireApart(result, a, nameof(result), nameof(a));
        if (a.Length == 0)
        {
            Fill(result, 0);
            return;
        }

        var (source, length) = (a, a.Length);
        DeviceBuffer? sums = null;
        do
        {
            var blocks = (length - 1) / SumBlock + 1;
            var next = blocks > 1 ? Rent(blocks) : null;
            Launch(
                CudaKernel.ReduceSum, new((uint)((blocks - 1) / SumGroups + 1), 1, CudaKernel.ReduceSum.Threads),
                new KernelArguments().Add(Address(source)).Add(length).Add(Address(next ?? result)));
            sums?.Dispose();
            (sums, length) = (next, blocks);
            if (sums is not null) source = sums;
        }
        while (sums is not null);
    }

    private void Binary(CudaKernel kernel, DeviceSpan a, DeviceSpan b, DeviceSpan result)
    {
        SpanChecks.RequireLength(b, a.Length, nameof(b), nameof(a));
        SpanChecks.RequireLength(result, a.Length, nameof(result), nameof(a));
        SpanChecks.RequireSameOrApart(result, a, nameof(result), nameof(a));
        SpanChecks.RequireSameOrApart(result, b, nameof(result), nameof(b));
        LaunchElements(
            kernel, result.Length, new KernelArguments().Add(Address(a)).Add(Address(b)).Add(Address(result)).Add(result.Length));
    }

    private void LaunchElements(CudaKernel kernel, long elements, KernelArguments arguments)
    {
        if (elements == 0) return;
        var blocks = Math.Min((elements - 1) / kernel.Threads + 1, MostElementBlocks);
        Launch(kernel, new LaunchSize((uint)blocks, 1, kernel.Threads), arguments);
    }

    private void Launch(CudaKernel kernel, LaunchSize size, KernelArguments arguments) => Post(new CudaCommand
    {
        Operation = CudaOperation.Launch,
        Pointer = CudaDevice.Kernels.Function(kernel),
        Size = size,
        Arguments = arguments,
    });
}
