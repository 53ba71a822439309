using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cluster.Compute.Philox;

/// <summary><see cref="IWords{TSelf}"/> by AVX2; by pairs of 128-bit vectors where there is none.</summary>
internal readonly struct Words256(Vector256<ulong> vector) : IWords<Words256>
{
    private readonly Vector256<ulong> _vector = vector;

    public static int Count => 4;

    public static Words256 Indices => new(Vector256<ulong>.Indices);

    public Vector256<ulong> Vector => _vector;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 Create(ulong value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 Multiply(Words256 left, Words256 right) =>
        new(Avx2.IsSupported
            ? Avx2.Multiply(left._vector.AsUInt32(), right._vector.AsUInt32())
            : Vector256.Create(
                Words128.Multiply(left._vector.GetLower(), right._vector.GetLower()),
                Words128.Multiply(left._vector.GetUpper(), right._vector.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum(Words256 words) => Vector256.Sum(words._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 EqualMask(Words256 left, Words256 right) => new(Vector256.Equals(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 LessMask(Words256 left, Words256 right) => new(Vector256.LessThan(left._vector.AsInt64(), right._vector.AsInt64()).AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator +(Words256 left, Words256 right) => new(left._vector + right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator -(Words256 left, Words256 right) => new(left._vector - right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator &(Words256 left, Words256 right) => new(left._vector & right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator |(Words256 left, Words256 right) => new(left._vector | right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator ^(Words256 left, Words256 right) => new(left._vector ^ right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator >>(Words256 words, int bits) => new(words._vector >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator <<(Words256 words, int bits) => new(words._vector << bits);
}
