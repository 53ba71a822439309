using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cluster.Compute.MatMul;

/// <summary>Tiles of 12×32 by 512-bit vectors: 24 accumulators of the 32 registers of AVX-512.</summary>
internal readonly struct MicroKernel512 : IMicroKernel
{
    public static int Rows => 12;

    public static int Columns => 32;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int depth, ref float a, ref float b, ref float c, int stride, bool isFirst)
    {
        Vector512<float> c00 = Vector512<float>.Zero, c01 = Vector512<float>.Zero;
        Vector512<float> c10 = Vector512<float>.Zero, c11 = Vector512<float>.Zero;
        Vector512<float> c20 = Vector512<float>.Zero, c21 = Vector512<float>.Zero;
        Vector512<float> c30 = Vector512<float>.Zero, c31 = Vector512<float>.Zero;
        Vector512<float> c40 = Vector512<float>.Zero, c41 = Vector512<float>.Zero;
        Vector512<float> c50 = Vector512<float>.Zero, c51 = Vector512<float>.Zero;
        Vector512<float> c60 = Vector512<float>.Zero, c61 = Vector512<float>.Zero;
        Vector512<float> c70 = Vector512<float>.Zero, c71 = Vector512<float>.Zero;
        Vector512<float> c80 = Vector512<float>.Zero, c81 = Vector512<float>.Zero;
        Vector512<float> c90 = Vector512<float>.Zero, c91 = Vector512<float>.Zero;
        Vector512<float> cA0 = Vector512<float>.Zero, cA1 = Vector512<float>.Zero;
        Vector512<float> cB0 = Vector512<float>.Zero, cB1 = Vector512<float>.Zero;
        if (!isFirst)
        {
            c00 = Vector512.LoadUnsafe(ref c, At(0, 0, stride));
            c01 = Vector512.LoadUnsafe(ref c, At(0, 1, stride));
            c10 = Vector512.LoadUnsafe(ref c, At(1, 0, stride));
            c11 = Vector512.LoadUnsafe(ref c, At(1, 1, stride));
            c20 = Vector512.LoadUnsafe(ref c, At(2, 0, stride));
            c21 = Vector512.LoadUnsafe(ref c, At(2, 1, stride));
            c30 = Vector512.LoadUnsafe(ref c, At(3, 0, stride));
            c31 = Vector512.LoadUnsafe(ref c, At(3, 1, stride));
            c40 = Vector512.LoadUnsafe(ref c, At(4, 0, stride));
            c41 = Vector512.LoadUnsafe(ref c, At(4, 1, stride));
            c50 = Vector512.LoadUnsafe(ref c, At(5, 0, stride));
            c51 = Vector512.LoadUnsafe(ref c, At(5, 1, stride));
            c60 = Vector512.LoadUnsafe(ref c, At(6, 0, stride));
            c61 = Vector512.LoadUnsafe(ref c, At(6, 1, stride));
            c70 = Vector512.LoadUnsafe(ref c, At(7, 0, stride));
            c71 = Vector512.LoadUnsafe(ref c, At(7, 1, stride));
            c80 = Vector512.LoadUnsafe(ref c, At(8, 0, stride));
            c81 = Vector512.LoadUnsafe(ref c, At(8, 1, stride));
            c90 = Vector512.LoadUnsafe(ref c, At(9, 0, stride));
            c91 = Vector512.LoadUnsafe(ref c, At(9, 1, stride));
            cA0 = Vector512.LoadUnsafe(ref c, At(10, 0, stride));
            cA1 = Vector512.LoadUnsafe(ref c, At(10, 1, stride));
            cB0 = Vector512.LoadUnsafe(ref c, At(11, 0, stride));
            cB1 = Vector512.LoadUnsafe(ref c, At(11, 1, stride));
        }

        for (; depth > 0; depth--)
        {
            var b0 = Vector512.LoadUnsafe(ref b);
            var b1 = Vector512.LoadUnsafe(ref b, 16);
            var a0 = Vector512.Create(a);
            c00 = Vector512.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(a0, b1, c01);
            var a1 = Vector512.Create(Unsafe.Add(ref a, 1));
            c10 = Vector512.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(a1, b1, c11);
            var a2 = Vector512.Create(Unsafe.Add(ref a, 2));
            c20 = Vector512.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(a2, b1, c21);
            var a3 = Vector512.Create(Unsafe.Add(ref a, 3));
            c30 = Vector512.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(a3, b1, c31);
            var a4 = Vector512.Create(Unsafe.Add(ref a, 4));
            c40 = Vector512.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(a4, b1, c41);
            var a5 = Vector512.Create(Unsafe.Add(ref a, 5));
            c50 = Vector512.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(a5, b1, c51);
            var a6 = Vector512.Create(Unsafe.Add(ref a, 6));
            c60 = Vector512.FusedMultiplyAdd(a6, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(a6, b1, c61);
            var a7 = Vector512.Create(Unsafe.Add(ref a, 7));
            c70 = Vector512.FusedMultiplyAdd(a7, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(a7, b1, c71);
            var a8 = Vector512.Create(Unsafe.Add(ref a, 8));
            c80 = Vector512.FusedMultiplyAdd(a8, b0, c80);
            c81 = Vector512.FusedMultiplyAdd(a8, b1, c81);
            var a9 = Vector512.Create(Unsafe.Add(ref a, 9));
            c90 = Vector512.FusedMultiplyAdd(a9, b0, c90);
            c91 = Vector512.FusedMultiplyAdd(a9, b1, c91);
            var aA = Vector512.Create(Unsafe.Add(ref a, 10));
            cA0 = Vector512.FusedMultiplyAdd(aA, b0, cA0);
            cA1 = Vector512.FusedMultiplyAdd(aA, b1, cA1);
            var aB = Vector512.Create(Unsafe.Add(ref a, 11));
            cB0 = Vector512.FusedMultiplyAdd(aB, b0, cB0);
            cB1 = Vector512.FusedMultiplyAdd(aB, b1, cB1);
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
        c80.StoreUnsafe(ref c, At(8, 0, stride));
        c81.StoreUnsafe(ref c, At(8, 1, stride));
        c90.StoreUnsafe(ref c, At(9, 0, stride));
        c91.StoreUnsafe(ref c, At(9, 1, stride));
        cA0.StoreUnsafe(ref c, At(10, 0, stride));
        cA1.StoreUnsafe(ref c, At(10, 1, stride));
        cB0.StoreUnsafe(ref c, At(11, 0, stride));
        cB1.StoreUnsafe(ref c, At(11, 1, stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint At(int row, int vector, int stride) => (nuint)(row * stride + vector * Vector512<float>.Count);
}
