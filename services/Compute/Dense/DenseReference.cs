using Cluster.Compute.Devices;
using Cluster.Compute.Functions;
using Cluster.Compute.MatMul;

namespace Cluster.Compute.Dense;

/// <summary>The definitions of <see cref="IDeviceStream.DenseForward"/> and <see cref="IDeviceStream.DenseBackward"/>, one element at a time.</summary>
internal static class DenseReference
{
    public static void Forward(
        DenseShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Activation activation, Span<float> y)
    {
        MatMulReference.Multiply(new(shape.Rows, shape.Outputs, shape.Inputs), x, weights, y);
        for (var i = 0; i < y.Length; i++)
            y[i] = Apply(activation, y[i] + bias[i % shape.Outputs]);
    }

    /// <param name="shape">Sizes.</param>
    /// <param name="x">rows × inputs.</param>
    /// <param name="weights">inputs × outputs.</param>
    /// <param name="activation">f.</param>
    /// <param name="y">rows × outputs.</param>
    /// <param name="dy">rows × outputs; overwritten with dz.</param>
    /// <param name="dWeights">inputs × outputs.</param>
    /// <param name="dBias">outputs.</param>
    /// <param name="dx">rows × inputs, or empty where it is not wanted.</param>
    public static void Backward(
        DenseShape shape, ReadOnlySpan<float> x, ReadOnlySpan<float> weights, Activation activation, ReadOnlySpan<float> y,
        Span<float> dy, Span<float> dWeights, Span<float> dBias, Span<float> dx)
    {
        for (var i = 0; i < dy.Length; i++)
            dy[i] = Gradient(activation, y[i], dy[i]);

        dBias.Clear();
        for (var i = 0; i < dy.Length; i++)
            dBias[i % shape.Outputs] += dy[i];

        MatMulReference.Multiply(new(shape.Inputs, shape.Outputs, shape.Rows, TransposeA: true), x, dy, dWeights);
        if (dx.Length > 0)
            MatMulReference.Multiply(new(shape.Rows, shape.Inputs, shape.Outputs, TransposeB: true), dy, weights, dx);
    }

    private static float Apply(Activation activation, float x) => activation switch
    {
        Activation.Identity => x,
        Activation.Relu => x < 0 ? 0 : x,
        Activation.Tanh => FloatMathReference.Tanh(x),
        Activation.Sigmoid => FloatMathReference.Sigmoid(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "not an activation"),
    };

    private static float Gradient(Activation activation, float y, float dy) => activation switch
    {
        Activation.Identity => dy,
        Activation.Relu => y > 0 ? dy : 0,
        Activation.Tanh => dy * MathF.FusedMultiplyAdd(-y, y, 1),
        Activation.Sigmoid => dy * MathF.FusedMultiplyAdd(-y, y, y),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "not an activation"),
    };
}
