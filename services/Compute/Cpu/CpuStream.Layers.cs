using Cluster.Compute.Dense;
using Cluster.Compute.Devices;
using Cluster.Compute.Losses;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Cpu;

internal sealed partial class CpuStream
{
    private readonly RangeJob<ColumnSumKernel> _columnSums = new();
    private readonly RangeJob<SoftmaxKernel> _softmax = new();
    private readonly RangeJob<LossKernel<SigmoidCrossEntropyFunction>> _sigmoidCrossEntropy = new();
    private readonly RangeJob<LossKernel<SquaredErrorFunction>> _squaredError = new();

    public void MatMul(in MatMulShape shape, DeviceSpan a, DeviceSpan b, DeviceSpan c)
    {
        var (left, right, product) = (Use(a, nameof(a)), Use(b, nameof(b)), Use(c, nameof(c)));
        SpanChecks.RequireMatMul(in shape, a, b, c);
        SpanChecks.RequireApart(c, a, nameof(c), nameof(a));
        SpanChecks.RequireApart(c, b, nameof(c), nameof(b));
        _matMul.Multiply(in shape, left, right, product);
    }

    public void DenseForward(int rows, DeviceSpan x, DeviceSpan weights, DeviceSpan bias, Activation activation, DeviceSpan y)
    {
        var (input, w, offsets, output) =
            (Use(x, nameof(x)), Use(weights, nameof(weights)), Use(bias, nameof(bias)), Use(y, nameof(y)));
        var shape = DenseShape.Of(rows, x, weights, bias, y);
        SpanChecks.RequireApart(y, x, nameof(y), nameof(x));
        SpanChecks.RequireApart(y, weights, nameof(y), nameof(weights));
        SpanChecks.RequireApart(y, bias, nameof(y), nameof(bias));
        var dense = Dense(activation);

        _matMul.Multiply(new(rows, shape.Outputs, shape.Inputs), input, w, output);
        dense.Activate(_device.Team, rows, output, offsets);
    }

    public void DenseBackward(
        int rows, DeviceSpan x, DeviceSpan weights, Activation activation, DeviceSpan y, DeviceSpan dy,
        DeviceSpan dWeights, DeviceSpan dBias, DeviceSpan? dx)
    {
        var (input, w, output, gradient) = (Use(x, nameof(x)), Use(weights, nameof(weights)), Use(y, nameof(y)), Use(dy, nameof(dy)));
        var (ofWeights, ofBias) = (Use(dWeights, nameof(dWeights)), Use(dBias, nameof(dBias)));
        var ofInput = dx is { } wanted ? Use(wanted, nameof(dx)) : default;
        var shape = DenseShape.Of(rows, x, weights, y, dy, dWeights, dBias, dx);
        SpanChecks.RequireApart(x, weights, y, dy, dWeights, dBias, dx);
        var dense = Dense(activation);

        dense.Differentiate(_device.Team, output, gradient);
        SumColumns(shape, gradient, ofBias);
        _matMul.Multiply(new(shape.Inputs, shape.Outputs, rows, TransposeA: true), input, gradient, ofWeights);
        if (dx is not null)
            _matMul.Multiply(new(rows, shape.Inputs, shape.Outputs, TransposeB: true), gradient, w, ofInput);
    }

    public void SoftmaxCrossEntropy(int rows, DeviceSpan logits, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient)
    {
        var (z, label, loss, dz) =
            (Use(logits, nameof(logits)), Use(labels, nameof(labels)), Use(losses, nameof(losses)), Use(gradient, nameof(gradient)));
        var classes = SpanChecks.RequireClasses(rows, logits, labels, losses, gradient);
        RequireApart(logits, labels, losses, gradient);
        _softmax.Run(
            _device.Team, new SoftmaxKernel(classes, z, label, loss, dz), rows, LossKernel<SquaredErrorFunction>.Grain / (classes + 8) + 1);
    }

    public void SigmoidCrossEntropy(DeviceSpan logits, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient) =>
        Run(_sigmoidCrossEntropy, logits, labels, losses, gradient, nameof(logits));

    public void SquaredError(DeviceSpan predictions, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient) =>
        Run(_squaredError, predictions, labels, losses, gradient, nameof(predictions));

    private void Run<TLoss>(
        RangeJob<LossKernel<TLoss>> job, DeviceSpan outputs, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient, string name)
        where TLoss : struct, ILossFunction
    {
        var (prediction, label, loss, dz) =
            (Use(outputs, name), Use(labels, nameof(labels)), Use(losses, nameof(losses)), Use(gradient, nameof(gradient)));
        SpanChecks.RequireLength(labels, outputs.Length, nameof(labels), name);
        SpanChecks.RequireLength(losses, outputs.Length, nameof(losses), name);
        SpanChecks.RequireLength(gradient, outputs.Length, nameof(gradient), name);
        RequireApart(outputs, labels, losses, gradient);
        job.Run(_device.Team, new LossKernel<TLoss>(prediction, label, loss, dz), outputs.Length, LossKernel<TLoss>.Grain);
    }

    private void SumColumns(DenseShape shape, ArraySegment<float> matrix, ArraySegment<float> sums)
    {
        // Not less than a few cache lines of each row, and some thousand elements.
        var grain = Math.Max(64, ((1 << 16) / Math.Max(shape.Rows, 1) / 64 + 1) * 64);
        _columnSums.Run(_device.Team, new ColumnSumKernel(matrix, shape.Rows, sums), shape.Outputs, grain);
    }

    private DenseKernel Dense(Activation activation) =>
        (uint)activation < (uint)_dense.Length
            ? _dense[(int)activation]
            : throw new ArgumentOutOfRangeException(nameof(activation), activation, "not an activation");

    private static void RequireApart(DeviceSpan outputs, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient)
    {
        SpanChecks.RequireApart(losses, outputs, nameof(losses), "the outputs");
        SpanChecks.RequireApart(losses, labels, nameof(losses), nameof(labels));
        SpanChecks.RequireApart(gradient, labels, nameof(gradient), nameof(labels));
        SpanChecks.RequireApart(gradient, losses, nameof(gradient), nameof(losses));
        SpanChecks.RequireSameOrApart(gradient, outputs, nameof(gradient), "the outputs");
    }
}
