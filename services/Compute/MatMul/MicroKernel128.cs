using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cluster.Compute.MatMul;

/// <summary>Tiles of 8×8 by 128-bit vectors: sixteen accumulators of the 32 registers of Arm64.</summary>
internal readonly struct MicroKernel128 : IMicroKernel
{
    public static int Rows => 8;

    public static int Columns => 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int depth, ref float a, ref float b, ref float c, int stride, bool isFirst)
    {
        Vector128<float> c00 = Vector128<float>.Zero, c01 = Vector128<float>.Zero;
        Vector128<float> c10 = Vector128<float>.Zero, c11 = Vector128<float>.Zero;
        Vector128<float> c20 = Vector128<float>.Zero, c21 = Vector128<float>.Zero;
        Vector128<float> c30 = Vector128<float>.Zero, c31 = Vector128<float>.Zero;
        Vector128<float> c40 = Vector128<float>.Zero, c41 = Vector128<float>.Zero;
        Vector128<float> c50 = Vector128<float>.Zero, c51 = Vector128<float>.Zero;
        Vector128<float> c60 = Vector128<float>.Zero, c61 = Vector128<float>.Zero;
        Vector128<float> c70 = Vector128<float>.Zero, c71 = Vector128<float>.Zero;
        if (!isFirst)
        {
            c00 = Vector128.LoadUnsafe(ref c, At(0, 0, stride));
            c01 = Vector128.LoadUnsafe(ref c, At(0, 1, stride));
            c10 = Vector128.LoadUnsafe(ref c, At(1, 0, stride));
            c11 = Vector128.LoadUnsafe(ref c, At(1, 1, stride));
            c20 = Vector128.LoadUnsafe(ref c, At(2, 0, stride));
            c21 = Vector128.LoadUnsafe(ref c, At(2, 1, stride));
            c30 = Vector128.LoadUnsafe(ref c, At(3, 0, stride));
            c31 = Vector128.LoadUnsafe(ref c, At(3, 1, stride));
            c40 = Vector128.LoadUnsafe(ref c, At(4, 0, stride));
            c41 = Vector128.LoadUnsafe(ref c, At(4, 1, stride));
            c50 = Vector128.LoadUnsafe(ref c, At(5, 0, stride));
            c51 = Vector128.LoadUnsafe(ref c, At(5, 1, stride));
            c60 = Vector128.LoadUnsafe(ref c, At(6, 0, stride));
            c61 = Vector128.LoadUnsafe(ref c, At(6, 1, stride));
            c70 = Vector128.LoadUnsafe(ref c, At(7, 0, stride));
            c71 = Vector128.LoadUnsafe(ref c, At(7, 1, stride));
        }

        for (; depth > 0; depth--)
        {
            var b0 = Vector128.LoadUnsafe(ref b);
            var b1 = Vector128.LoadUnsafe(ref b, 4);
            var a0 = Vector128.Create(a);
            c00 = Vector128.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector128.FusedMultiplyAdd(a0, b1, c01);
            var a1 = Vector128.Create(Unsafe.Add(ref a, 1));
            c10 = Vector128.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector128.FusedMultiplyAdd(a1, b1, c11);
            var a2 = Vector128.Create(Unsafe.Add(ref a, 2));
            c20 = Vector128.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector128.FusedMultiplyAdd(a2, b1, c21);
            var a3 = Vector128.Create(Unsafe.Add(ref a, 3));
            c30 = Vector128.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector128.FusedMultiplyAdd(a3, b1, c31);
            var a4 = Vector128.Create(Unsafe.Add(ref a, 4));
            c40 = Vector128.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector128.FusedMultiplyAdd(a4, b1, c41);
            var a5 = Vector128.Create(Unsafe.Add(ref a, 5));
            c50 = Vector128.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector128.FusedMultiplyAdd(a5, b1, c51);
            var a6 = Vector128.Create(Unsafe.Add(ref a, 6));
            c60 = Vector128.FusedMultiplyAdd(a6, b0, c60);
            c61 = Vector128.FusedMultiplyAdd(a6, b1, c61);
            var a7 = Vector128.Create(Unsafe.Add(ref a, 7));
            c70 = Vector128.FusedMultiplyAdd(a7, b0, c70);
            c71 = Vector128.FusedMultiplyAdd(a7, b1, c71);
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
        c60.StoreUnsafe(ref c, At(6, 0, stride));
        c61.StoreUnsafe(ref c, At(6, 1, stride));
        c70.StoreUnsafe(ref c, At(7, 0, stride));
        c71.StoreUnsafe(ref c, At(7, 1, stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint At(int row, int vector, int stride) => (nuint)(row * stride + vector * Vector128<float>.Count);
}
