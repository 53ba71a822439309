using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Philox;

namespace Cluster.Compute.Numerics;

/// <summary>Eight doubles, by AVX-512.</summary>
internal readonly struct Doubles512(Vector512<double> vector) : IDoubles<Doubles512, Words512>
{
    private readonly Vector512<double> _vector = vector;

    public Words512 Bits => new(_vector.AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 Create(double value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 FromBits(Words512 bits) => new(bits.Vector.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> Quad(int index) => index == 0 ? _vector.GetLower() : _vector.GetUpper();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 FusedMultiplyAdd(Doubles512 left, Doubles512 right, Doubles512 addend)
        => new(Vector512.FusedMultiplyAdd(left._vector, right._vector, addend._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 Sqrt(Doubles512 value) => new(Vector512.Sqrt(value._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 Max(Doubles512 left, Doubles512 right) => new(Vector512.MaxNative(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 Min(Doubles512 left, Doubles512 right) => new(Vector512.MinNative(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 Select(Words512 mask, Doubles512 set, Doubles512 other)
        => new(Vector512.ConditionalSelect(mask.Vector.AsDouble(), set._vector, other._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 operator +(Doubles512 left, Doubles512 right) => new(left._vector + right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 operator -(Doubles512 left, Doubles512 right) => new(left._vector - right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 operator *(Doubles512 left, Doubles512 right) => new(left._vector * right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 operator /(Doubles512 left, Doubles512 right) => new(left._vector / right._vector);
}
