using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cluster.Compute.Threads;

/// <summary>Bits of the vectors that the kernels with several forms use. All forms give the same bits, on any processor.</summary>
internal enum VectorWidth
{
    /// <summary>Arm64 and whatever is not listed below.</summary>
    Bits128 = 128,

    /// <summary>x64 with AVX2 and FMA.</summary>
    Bits256 = 256,

    /// <summary>x64 with AVX-512 that is not slower for its width.</summary>
    Bits512 = 512,
}

internal static class VectorWidths
{
    /// <summary>The widest that this processor runs at full speed.</summary>
    public static VectorWidth Widest { get; } =
        Avx512F.IsSupported && Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Avx2.IsSupported && Fma.IsSupported ? VectorWidth.Bits256
        : VectorWidth.Bits128;
}
