using Cluster.Compute.Optimizers;
using Cluster.Compute.Pricing;

namespace Cluster.Compute.Devices;

/// <summary>
/// An in-order stream of operations on one device, with the memory they use. For one thread at a time. An operation may
/// return before it is done; <see cref="Download"/> and <see cref="Synchronize"/> wait, and throw what went wrong since.
/// </summary>
/// <remarks>
/// Every operation has a fixed order of accumulation, which its summary gives, and rounds as written: the results are the
/// same bits on every device and for any number of threads. Rounded once after a product and a sum where it says fma. Spans
/// must belong to this stream's device. Spans of an operation do not overlap unless it says that they may be the same.
/// A length that does not fit throws <see cref="ArgumentException"/> naming both lengths or shapes; nothing is enqueued.
/// <para>
/// Denormals are neither read nor written as zero. Where a result is NaN its sign and payload are undefined: bits agree up to
/// that. Exponentials, logarithms, tanh and sigmoid are those of <see cref="Functions.FloatMathReference"/>, step by step, and
/// the order of every other operation is that of the references beside the kernels.
/// </para>
/// </remarks>
public interface IDeviceStream : IDisposable
{
    IDevice Device { get; }

    /// <summary>Leases memory; its content is undefined.</summary>
    /// <exception cref="DeviceException">The device has not that much memory left.</exception>
    DeviceBuffer Rent(int length);

    /// <summary>Copies to the device; <paramref name="source"/> may be changed when it returns.</summary>
    void Upload(ReadOnlySpan<float> source, DeviceSpan target);

    /// <summary>Waits for all that was enqueued, then copies to the host.</summary>
    void Download(DeviceSpan source, Span<float> target);

    /// <summary>Waits for all that was enqueued.</summary>
    void Synchronize();

    /// <summary>Sets every element.</summary>
    void Fill(DeviceSpan target, float value);

    /// <summary>Copies within the device.</summary>
    void Copy(DeviceSpan source, DeviceSpan target);

    /// <summary>result = a + b; the result may be a or b.</summary>
    void Add(DeviceSpan a, DeviceSpan b, DeviceSpan result);

    /// <summary>result = a · b, element by element; the result may be a or b.</summary>
    void Multiply(DeviceSpan a, DeviceSpan b, DeviceSpan result);

    /// <summary>result = scale · a; the result may be a.</summary>
    void Scale(DeviceSpan a, float scale, DeviceSpan result);

    /// <summary>target = fma(scale, a, target).</summary>
    void AddScaled(DeviceSpan a, float scale, DeviceSpan target);

    /// <summary>
    /// result[0] = sum of a. Element i of a block of 4096 goes to accumulator i mod 32, in order from 0; accumulators are added
    /// by halves, i + 16 to i, then i + 8, …; the sums of the blocks are summed in the same way until one is left. 0 elements give 0.
    /// </summary>
    void ReduceSum(DeviceSpan a, DeviceSpan result);

    /// <summary>C = op(A)·op(B), each element an fma chain over k from 0 up, from 0.</summary>
    void MatMul(in MatMulShape shape, DeviceSpan a, DeviceSpan b, DeviceSpan c);

    /// <summary>A fully connected layer: y = f(x·w + bias), with the products of <see cref="MatMul"/>, then the bias added, then f.</summary>
    /// <param name="rows">Examples.</param>
    /// <param name="x">rows × inputs.</param>
    /// <param name="weights">inputs × outputs.</param>
    /// <param name="bias">outputs.</param>
    /// <param name="activation">f.</param>
    /// <param name="y">rows × outputs.</param>
    void DenseForward(int rows, DeviceSpan x, DeviceSpan weights, DeviceSpan bias, Activation activation, DeviceSpan y);

    /// <summary>
    /// Gradients of <see cref="DenseForward"/>, summed over the rows: dz = dy·f'(y) as <see cref="Activation"/> says; dWeights = xᵀ·dz and dx = dz·weightsᵀ as
    /// <see cref="MatMul"/> does them; dBias the sum of the rows of dz in order from 0.
    /// </summary>
    /// <param name="rows">Examples.</param>
    /// <param name="x">rows × inputs.</param>
    /// <param name="weights">inputs × outputs.</param>
    /// <param name="activation">f.</param>
    /// <param name="y">rows × outputs, what the layer gave.</param>
    /// <param name="dy">rows × outputs, gradient of y; overwritten with dz.</param>
    /// <param name="dWeights">inputs × outputs; overwritten.</param>
    /// <param name="dBias">outputs; overwritten.</param>
    /// <param name="dx">rows × inputs; overwritten; null where it is not needed, as for the first layer.</param>
    void DenseBackward(
        int rows, DeviceSpan x, DeviceSpan weights, Activation activation, DeviceSpan y, DeviceSpan dy,
        DeviceSpan dWeights, DeviceSpan dBias, DeviceSpan? dx);

    /// <summary>
    /// Softmax and cross-entropy: losses[r] = ln s - (z[label] - max) with e = exp(z - max) and s = Σ e, gradient = e/s, less 1 at the
    /// label. The sum over the classes goes to accumulators i mod 8 in order from 0, which are added by halves (i + 4 to i, then
    /// i + 2, then i + 1). A row with a NaN or +∞ in it, or of -∞ alone, gives NaN for its loss and whole gradient.
    /// </summary>
    /// <param name="rows">Examples.</param>
    /// <param name="logits">rows × classes.</param>
    /// <param name="labels">rows; whole numbers from 0 to classes - 1; any other gives a NaN loss and a gradient row of NaN.</param>
    /// <param name="losses">rows; overwritten.</param>
    /// <param name="gradient">rows × classes; overwritten; may be the logits.</param>
    void SoftmaxCrossEntropy(int rows, DeviceSpan logits, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient);

    /// <summary>
    /// Binary cross-entropy on logits: losses = (max(z, 0) - z·label) + ln(1 + exp(-|z|)), gradient = sigmoid(z) - label, element by
    /// element; max(z, 0) is 0 where z &lt; 0, else z. The gradient may be the logits.
    /// </summary>
    void SigmoidCrossEntropy(DeviceSpan logits, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient);

    /// <summary>With d = p - label: losses = d·d, gradient = d + d, element by element; the gradient may be the predictions.</summary>
    void SquaredError(DeviceSpan predictions, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient);

    /// <summary>
    /// An optimizer's update, element by element, as <see cref="Optimizer.ApplyScalar"/> does it: g = gradient/divisor + L2·w, then
    /// the rule, every operation rounded as written and nothing fused. Waits, for its result.
    /// </summary>
    /// <param name="optimizer">The rule.</param>
    /// <param name="current">Parameters before it.</param>
    /// <param name="next">Parameters after it; overwritten; may be the current ones.</param>
    /// <param name="slots">The optimizer's slots, one after the other, each as long as the parameters; updated.</param>
    /// <param name="gradient">Summed gradient.</param>
    /// <param name="examples">Examples in the sum, at least 1.</param>
    /// <param name="time">Steps and updates before this one.</param>
    /// <returns>Whether all parameters and slots are finite afterwards.</returns>
    bool Update(
        Optimizer optimizer, DeviceSpan current, DeviceSpan next, DeviceSpan slots, DeviceSpan gradient, long examples, UpdateTime time);

    /// <summary>
    /// Points inside the quarter circle, as <see cref="Pi.PhiloxPiReference.CountInside"/> defines them, for each of
    /// <paramref name="counts"/>.Length neighbouring ranges of <paramref name="blocks"/> Philox blocks, the first from <paramref name="from"/>;
    /// the last one ends at <paramref name="to"/>. The ranges cover [from, to) exactly, each but the last is whole, the last has at
    /// least one block; no counts for an empty range. Waits.
    /// </summary>
    void CountPiInside(long from, long to, long blocks, ulong seed, Span<ulong> counts);

    /// <summary>Sums over paths, as <see cref="PriceReference.Sum"/> defines them, for neighbouring ranges as in <see cref="CountPiInside"/>. Waits.</summary>
    void SumPrices(in OptionTerms terms, long from, long to, long indices, Span<PriceSums> sums);
}
