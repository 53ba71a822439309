using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cluster.Compute.MatMul;

/// <summary>Tiles of 6×16 by 256-bit vectors: twelve accumulators, two of B and one of A in the sixteen registers of AVX2. Each has a name,
/// since the JIT keeps no array in registers.</summary>
internal readonly struct MicroKernel256 : IMicroKernel
{
    public static int Rows => 6;

    public static int Columns => 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int depth, ref float a, ref float b, ref float c, int stride, bool isFirst)
    {
        Vector256<float> c00 = Vector256<float>.Zero, c01 = Vector256<float>.Zero;
        Vector256<float> c10 = Vector256<float>.Zero, c11 = Vector256<float>.Zero;
        Vector256<float> c20 = Vector256<float>.Zero, c21 = Vector256<float>.Zero;
        Vector256<float> c30 = Vector256<float>.Zero, c31 = Vector256<float>.Zero;
        Vector256<float> c40 = Vector256<float>.Zero, c41 = Vector256<float>.Zero;
        Vector256<float> c50 = Vector256<float>.Zero, c51 = Vector256<float>.Zero;
        if (!isFirst)
        {
            c00 = Vector256.LoadUnsafe(ref c, At(0, 0, stride));
            c01 = Vector256.LoadUnsafe(ref c, At(0, 1, stride));
            c10 = Vector256.LoadUnsafe(ref c, At(1, 0, stride));
            c11 = Vector256.LoadUnsafe(ref c, At(1, 1, stride));
            c20 = Vector256.LoadUnsafe(ref c, At(2, 0, stride));
            c21 = Vector256.LoadUnsafe(ref c, At(2, 1, stride));
            c30 = Vector256.LoadUnsafe(ref c, At(3, 0, stride));
            c31 = Vector256.LoadUnsafe(ref c, At(3, 1, stride));
            c40 = Vector256.LoadUnsafe(ref c, At(4, 0, stride));
            c41 = Vector256.LoadUnsafe(ref c, At(4, 1, stride));
            c50 = Vector256.LoadUnsafe(ref c, At(5, 0, stride));
            c51 = Vector256.LoadUnsafe(ref c, At(5, 1, stride));
        }

        for (; depth > 0; depth--)
        {
            var b0 = Vector256.LoadUnsafe(ref b);
            var b1 = Vector256.LoadUnsafe(ref b, 8);
            var a0 = Vector256.Create(a);
            c00 = Vector256.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(a0, b1, c01);
            var a1 = Vector256.Create(Unsafe.Add(ref a, 1));
            c10 = Vector256.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(a1, b1, c11);
            var a2 = Vector256.Create(Unsafe.Add(ref a, 2));
            c20 = Vector256.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(a2, b1, c21);
            var a3 = Vector256.Create(Unsafe.Add(ref a, 3));
            c30 = Vector256.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(a3, b1, c31);
            var a4 = Vector256.Create(Unsafe.Add(ref a, 4));
            c40 = Vector256.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector256.FusedMultiplyAdd(a4, b1, c41);
            var a5 = Vector256.Create(Unsafe.Add(ref a, 5));
            c50 = Vector256.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector256.FusedMultiplyAdd(a5, b1, c51);
            a = ref Unsafe.Add(ref a, Rows);
            b = ref Unsafe.Add(ref b, Columns);
        }

        c00.StoreUnsafe(ref c, At(0, 0, stride));
        c01.StoreUnsafe(ref c, At(0, 1, stride));
        c10.StoreUnsafe(ref c, At(1, 0, stride));
        c11.StoreUnsafe(ref c, At(1, 1, stride));
        c20.StoreUnsafe(ref c, At(2, 0, stride));
        c21.StoreUnsafe(ref c, At(2, 1, stride));
        c30.StoreUnsafe(ref c, At(3, 0, stride));
        c31.StoreUnsafe(ref c, At(3, 1, stride));
        c40.StoreUnsafe(ref c, At(4, 0, stride));
        c41.StoreUnsafe(ref c, At(4, 1, stride));
        c50.StoreUnsafe(ref c, At(5, 0, stride));
        c51.StoreUnsafe(ref c, At(5, 1, stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint At(int row, int vector, int stride) => (nuint)(row * stride + vector * Vector256<float>.Count);
}
