using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cluster.Compute.Philox;

/// <summary><see cref="IWords{TSelf}"/> by AVX-512.</summary>
internal readonly struct Words512(Vector512<ulong> vector) : IWords<Words512>
{
    private readonly Vector512<ulong> _vector = vector;

    public static int Count => 8;

    public static Words512 Indices => new(Vector512<ulong>.Indices);

    public Vector512<ulong> Vector => _vector;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 Create(ulong value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 Multiply(Words512 left, Words512 right) =>
        new(Avx512F.Multiply(left._vector.AsUInt32(), right._vector.AsUInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum(Words512 words) => Vector512.Sum(words._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 EqualMask(Words512 left, Words512 right) => new(Vector512.Equals(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 LessMask(Words512 left, Words512 right) => new(Vector512.LessThan(left._vector.AsInt64(), right._vector.AsInt64()).AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator +(Words512 left, Words512 right) => new(left._vector + right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator -(Words512 left, Words512 right) => new(left._vector - right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator &(Words512 left, Words512 right) => new(left._vector & right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator |(Words512 left, Words512 right) => new(left._vector | right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator ^(Words512 left, Words512 right) => new(left._vector ^ right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator >>(Words512 words, int bits) => new(words._vector >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator <<(Words512 words, int bits) => new(words._vector << bits);
}
