using Cluster.Compute.Cuda.Driver;
using Cluster.Compute.Cuda.Execution;
using Cluster.Compute.Devices;

namespace Cluster.Compute.Cuda;

/// <summary>Matrix products, layers and losses.</summary>
internal sealed partial class CudaStream
{
    // Rows and columns of C that one block computes.
    private const int ProductSide = 64;

    // Rows of one block of the softmax.
    private const int SoftmaxRows = 32;

    public void MatMul(in MatMulShape shape, DeviceSpan a, DeviceSpan b, DeviceSpan c)
    {
        SpanChecks.RequireMatMul(in shape, a, b, c);
        SpanChecks.RequireApart(c, a, nameof(c), nameof(a));
        SpanChecks.RequireApart(c, b, nameof(c), nameof(b));
        if (CudaDevice.Cublas is { } cublas && shape.M > 0 && shape.N > 0 && shape.K > 0)
            PostFastMatMul(cublas, in shape, Address(a), Address(b), Address(c));
        else
            LaunchMatMul(in shape, Address(a), Address(b), Address(c));
    }

    public void DenseForward(int rows, DeviceSpan x, DeviceSpan weights, DeviceSpan bias, Activation activation, DeviceSpan y)
    {
        var shape = DenseShape.Of(rows, x, weights, bias, y);
        SpanChecks.RequireApart(y, x, nameof(y), nameof(x));
        SpanChecks.RequireApart(y, weights, nameof(y), nameof(weights));
        SpanChecks.RequireApart(y, bias, nameof(y), nameof(bias));
        RequireActivation(activation);
        var arguments = new KernelArguments().Add(rows).Add(shape.Inputs).Add(shape.Outputs).Add(Address(x)).Add(Address(weights))
            .Add(Address(bias)).Add((int)activation).Add(Address(y));
        LaunchProduct(CudaKernel.DenseForward, rows, shape.Outputs, arguments);
    }

    public void DenseBackward(
        int rows, DeviceSpan x, DeviceSpan weights, Activation activation, DeviceSpan y, DeviceSpan dy,
        DeviceSpan dWeights, DeviceSpan dBias, DeviceSpan? dx)
    {
        var shape = DenseShape.Of(rows, x, weights, y, dy, dWeights, dBias, dx);
        SpanChecks.RequireApart(x, weights, y, dy, dWeights, dBias, dx);
        RequireActivation(activation);
        var (input, w, output, gradient) = (Address(x), Address(weights), Address(y), Address(dy));
        var (ofWeights, ofBias, ofInput) = (Address(dWeights), Address(dBias), dx is { } wanted ? Address(wanted) : 0);

        LaunchElements(
            CudaKernel.DenseGradient, dy.Length, new KernelArguments().Add((int)activation).Add(output).Add(gradient).Add(dy.Length));
        LaunchElements(
            CudaKernel.ColumnSums, shape.Outputs, new KernelArguments().Add(rows).Add(shape.Outputs).Add(gradient).Add(ofBias));
        LaunchMatMul(new(shape.Inputs, shape.Outputs, rows, TransposeA: true), input, gradient, ofWeights);
        if (dx is not null)
            LaunchMatMul(new(rows, shape.Inputs, shape.Outputs, TransposeB: true), gradient, w, ofInput);
    }

    public void SoftmaxCrossEntropy(int rows, DeviceSpan logits, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient)
    {
        var classes = SpanChecks.RequireClasses(rows, logits, labels, losses, gradient);
        RequireApart(logits, labels, losses, gradient);
        if (rows == 0) return;
        var kernel = CudaKernel.SoftmaxCrossEntropy;
        Launch(
            kernel, new LaunchSize((uint)((rows - 1) / SoftmaxRows + 1), 1, kernel.Threads),
            new KernelArguments().Add(rows).Add(classes).Add(Address(logits)).Add(Address(labels)).Add(Address(losses)).Add(Address(gradient)));
    }

    public void SigmoidCrossEntropy(DeviceSpan logits, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient) =>
        ElementLoss(CudaKernel.SigmoidCrossEntropy, logits, labels, losses, gradient, nameof(logits));

    public void SquaredError(DeviceSpan predictions, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient) =>
        ElementLoss(CudaKernel.SquaredError, predictions, labels, losses, gradient, nameof(predictions));

    private void ElementLoss(
        CudaKernel kernel, DeviceSpan outputs, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient, string name)
    {
        SpanChecks.RequireLength(labels, outputs.Length, nameof(labels), name);
        SpanChecks.RequireLength(losses, outputs.Length, nameof(losses), name);
        SpanChecks.RequireLength(gradient, outputs.Length, nameof(gradient), name);
        RequireApart(outputs, labels, losses, gradient);
        LaunchElements(
            kernel, outputs.Length,
            new KernelArguments().Add(Address(outputs)).Add(Address(labels)).Add(Address(losses)).Add(Address(gradient)).Add(outputs.Length));
    }

    private void PostFastMatMul(Cublas cublas, in MatMulShape shape, ulong a, ulong b, ulong c)
    {
        if (_cublasHandle == 0) _cublasHandle = _thread.Call(_ => cublas.Open(_queue.Stream.Value));
        Post(new CudaCommand
        {
            Operation = CudaOperation.FastMatMul,
            Cublas = cublas,
            Pointer = _cublasHandle,
            Shape = shape,
            Arguments = new KernelArguments().Add(a).Add(b).Add(c),
        });
    }

    private void LaunchMatMul(in MatMulShape shape, ulong a, ulong b, ulong c)
    {
        var kernel = (shape.TransposeA, shape.TransposeB) switch
        {
            (false, false) => CudaKernel.MatMul,
            (true, false) => CudaKernel.MatMulTransposeA,
            (false, true) => CudaKernel.MatMulTransposeB,
            _ => CudaKernel.MatMulTransposeBoth,
        };
        var arguments = new KernelArguments().Add(shape.M).Add(shape.N).Add(shape.K).Add(a).Add(b).Add(c);
        LaunchProduct(kernel, shape.M, shape.N, arguments);
    }

    private void LaunchProduct(CudaKernel kernel, int rows, int columns, KernelArguments arguments)
    {
        if (rows == 0 || columns == 0) return;
        var tiles = ((rows - 1L) / ProductSide + 1) * ((columns - 1L) / ProductSide + 1);
        Launch(kernel, new LaunchSize((uint)tiles, 1, kernel.Threads), arguments);
    }

    private static void RequireActivation(Activation activation)
    {
        if (!Enum.IsDefined(activation))
            throw new ArgumentOutOfRangeException(nameof(activation), activation, "not an activation");
    }

    private static void RequireApart(DeviceSpan outputs, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient)
    {
        SpanChecks.RequireApart(losses, outputs, nameof(losses), "the outputs");
        SpanChecks.RequireApart(losses, labels, nameof(losses), nameof(labels));
        SpanChecks.RequireApart(gradient, labels, nameof(gradient), nameof(labels));
        SpanChecks.RequireApart(gradient, losses, nameof(gradient), nameof(losses));
        SpanChecks.RequireSameOrApart(gradient, outputs, nameof(gradient), "the outputs");
    }
}
