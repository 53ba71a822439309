using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Philox;

namespace Cluster.Compute.Numerics;

/// <summary>Four doubles; pairs of 128-bit vectors where there are no others, as on Arm64.</summary>
internal readonly struct Doubles256(Vector256<double> vector) : IDoubles<Doubles256, Words256>
{
    private readonly Vector256<double> _vector = vector;

    public Words256 Bits => new(_vector.AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 Create(double value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 FromBits(Words256 bits) => new(bits.Vector.AsDouble());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> Quad(int index) => _vector;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 FusedMultiplyAdd(Doubles256 left, Doubles256 right, Doubles256 addend)
        => new(Vector256.FusedMultiplyAdd(left._vector, right._vector, addend._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 Sqrt(Doubles256 value) => new(Vector256.Sqrt(value._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 Max(Doubles256 left, Doubles256 right) => new(Vector256.MaxNative(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 Min(Doubles256 left, Doubles256 right) => new(Vector256.MinNative(left._vector, right._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 Select(Words256 mask, Doubles256 set, Doubles256 other)
        => new(Vector256.ConditionalSelect(mask.Vector.AsDouble(), set._vector, other._vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 operator +(Doubles256 left, Doubles256 right) => new(left._vector + right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 operator -(Doubles256 left, Doubles256 right) => new(left._vector - right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 operator *(Doubles256 left, Doubles256 right) => new(left._vector * right._vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 operator /(Doubles256 left, Doubles256 right) => new(left._vector / right._vector);
}
