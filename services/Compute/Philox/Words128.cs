using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Cluster.Compute.Philox;

/// <summary><see cref="IWords{TSelf}"/> by Arm64's AdvSimd, by SSE2, or by what the JIT makes of it elsewhere.</summary>
internal readonly struct Words128(Vector128<ulong> vector) : IWords<Words128>
{
    private readonly Vector128<ulong> _vector = vector;

    public static int Count => 2;

    public static Words128 Indices => new(Vector128<ulong>.Indices);

    public Vector128<ulong> Vector => _vector;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 Create(ulong value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 Multiply(Words128 left, Words128 right) => new(Multiply(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Multiply(Vector128<ulong> left, Vector128<ulong> right)
    {
        if (Sse2.IsSupported)
            return Sse2.Multiply(left.AsUInt32(), right.AsUInt32());
        if (AdvSimd.IsSupported)
            return AdvSimd.MultiplyWideningLower(AdvSimd.ExtractNarrowingLower(left), AdvSimd.ExtractNarrowingLower(right));
        var low = Vector128.Create((ulong)uint.MaxValue);
        return (left & low) * (right & low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum(Words128 words) => Vector128.Sum(words._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 EqualMask(Words128 left, Words128 right) => new(Vector128.Equals(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 LessMask(Words128 left, Words128 right) => new(Vector128.LessThan(left._vector.AsInt64(), right._vector.AsInt64()).AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator +(Words128 left, Words128 right) => new(left._vector + right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator -(Words128 left, Words128 right) => new(left._vector - right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator &(Words128 left, Words128 right) => new(left._vector & right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator |(Words128 left, Words128 right) => new(left._vector | right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator ^(Words128 left, Words128 right) => new(left._vector ^ right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator >>(Words128 words, int bits) => new(words._vector >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator <<(Words128 words, int bits) => new(words._vector << bits);
}
