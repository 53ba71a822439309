using Cluster.Compute.Devices;
using Cluster.Compute.Elements;
using Cluster.Compute.Reductions;
using CsCheck;

namespace Cluster.DeviceSuite;

/// <summary>Fill, Copy, element-wise operations and sums against their references, to the bit.</summary>
public abstract class ElementSuite : DeviceTest
{
    private const int Iterations = 60;

    [Fact]
    public void Fill_PartOfABuffer_LeavesTheRest()
    {
        float[] values = [1, 2, 3, 4, 5];
        using var buffer = Put(values);

        Stream.Fill(buffer.Slice(1, 3), -0f);

        Floats.AssertSame([1, -0f, -0f, -0f, 5], Get(buffer), "buffer");
    }

    [Fact]
    public void Copy_AnyPart_MovesItsBits() =>
        Gen.Select(Floats.Length, Gen.UInt).Sample((length, seed) =>
        {
            var values = Floats.WithSpecials(length, seed);
            using var source = Put(values);
            using var target = Blank(length + 3);

            Stream.Copy(source, target.Slice(2, length));

            Floats.AssertSame(values, Get(target.Slice(2, length)), "target");
            Assert.Equal(12345.678f, Get(target)[^1]);
        }, iter: Iterations, threads: 1);

    [Fact]
    public void Add_AnyLength_HasTheReferencesBits() =>
        Check((a, b, result) => Stream.Add(a, b, result), (a, b, _, result) => ElementReference.Add(a, b, result));

    [Fact]
    public void Multiply_AnyLength_HasTheReferencesBits() =>
        Check((a, b, result) => Stream.Multiply(a, b, result), (a, b, _, result) => ElementReference.Multiply(a, b, result));

    [Fact]
    public void Scale_AnyLength_HasTheReferencesBits() =>
        Check((a, _, result) => Stream.Scale(a, -1.7f, result), (a, _, _, result) => ElementReference.Scale(a, -1.7f, result));

    [Fact]
    public void AddScaled_AnyLength_HasTheReferencesBits() =>
        Gen.Select(Floats.Length, Gen.UInt).Sample((length, seed) =>
        {
            var (values, expected) = (Floats.WithSpecials(length, seed), Floats.WithSpecials(length, ~seed));
            using var a = Put(values);
            using var target = Put(expected);

            Stream.AddScaled(a, 0.3f, target);

            ElementReference.AddScaled(values, 0.3f, expected);
            Floats.AssertSame(expected, Get(target), "target");
        }, iter: Iterations, threads: 1);

    [Fact]
    public void Add_ResultIsAnOperand_HasTheReferencesBits()
    {
        var (left, right) = (Floats.WithSpecials(1003, 1), Floats.WithSpecials(1003, 2));
        var expected = new float[left.Length];
        ElementReference.Add(left, right, expected);
        using var a = Put(left);
        using var b = Put(right);

        Stream.Add(a, b, b);
        Floats.AssertSame(expected, Get(b), "b");
        Stream.Add(a, a, a);
        ElementReference.Add(left, left, expected);
        Floats.AssertSame(expected, Get(a), "a");
    }

    [Fact]
    public void ReduceSum_AnyLength_HasTheReferencesBits() =>
        Gen.Select(Floats.Length, Gen.UInt, Gen.Bool).Sample((length, seed, hasSpecials) =>
        {
            var values = hasSpecials ? Floats.WithSpecials(length, seed) : Floats.Ordinary(length, seed);
            using var a = Put(values);
            using var result = Blank(1);

            Stream.ReduceSum(a, result);

            Floats.AssertSame([ReduceSumReference.Sum(values)], Get(result), "sum");
        }, iter: Iterations, threads: 1);

    [Fact]
    public void ReduceSum_MoreThanABlockOfBlocks_HasTheReferencesBits()
    {
        var values = Floats.Ordinary(4096 * 4096 + 4097, 3);
        using var a = Put(values);
        using var result = Blank(1);

        Stream.ReduceSum(a, result);

        Floats.AssertSame([ReduceSumReference.Sum(values)], Get(result), "sum");
    }

    [Fact]
    public void ReduceSum_OfNegativeZeros_IsZero()
    {
        using var a = Put([-0f, -0f]);
        using var result = Blank(1);

        Stream.ReduceSum(a, result);

        Floats.AssertSame([0], Get(result), "sum");
    }

    private void Check(Action<DeviceSpan, DeviceSpan, DeviceSpan> operation, Reference reference) =>
        Gen.Select(Floats.Length, Gen.UInt).Sample((length, seed) =>
        {
            var (left, right) = (Floats.WithSpecials(length, seed), Floats.WithSpecials(length, ~seed));
            using var a = Put(left);
            using var b = Put(right);
            using var result = Blank(length + 1);

            operation(a, b, result.Slice(1, length));

            var expected = new float[length];
            reference(left, right, length, expected);
            Floats.AssertSame(expected, Get(result.Slice(1, length)), "result");
            Assert.Equal(12345.678f, Get(result)[0]);
        }, iter: Iterations, threads: 1);

    private delegate void Reference(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int length, Span<float> result);
}
