using Cluster.Compute.Devices;

namespace Cluster.Compute.MatMul;

/// <summary>The definition of <see cref="IDeviceStream.MatMul"/>, one element at a time.</summary>
internal static class MatMulReference
{
    public static void Multiply(in MatMulShape shape, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c)
    {
        var (m, n, depth) = (shape.M, shape.N, shape.K);
        for (var row = 0; row < m; row++)
        {
            for (var column = 0; column < n; column++)
            {
                var sum = 0f;
                for (var k = 0; k < depth; k++)
                {
                    var left = shape.TransposeA ? a[k * m + row] : a[row * depth + k];
                    var right = shape.TransposeB ? b[column * depth + k] : b[k * n + column];
                    sum = MathF.FusedMultiplyAdd(left, right, sum);
                }

                c[row * n + column] = sum;
            }
        }
    }
}
