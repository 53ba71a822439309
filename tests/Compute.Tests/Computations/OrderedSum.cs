using System.Text.Json;
using Cluster.Compute.Computations;
using Cluster.Compute.Philox;

namespace Cluster.Compute.Tests.Computations;

/// <summary>Sums terms of very different size in single precision, right sides weighing less, so another order or
/// bracketing of the merges, and swapped sides, show in the bits.</summary>
internal sealed class OrderedSum : Computation<ulong, float>
{
    public override string Name => "ordered-sum";

    /// <summary>The total by recursion from the root, without the code under test.</summary>
    public static float Oracle(GrainSpace space, ulong seed)
    {
        var level = 0;
        while (1L << level < space.GrainCount)
            level++;
        return Node(level, 0);

        float Node(int level, long index)
        {
            if (level == 0)
                return Terms(space.Grain(index), seed);
            var left = Node(level - 1, 2 * index);
            var right = (2 * index + 1) << (level - 1);
            return right < space.GrainCount ? Merged(left, Node(level - 1, 2 * index + 1)) : left;
        }
    }

    private static float Merged(float left, float right) => left + 0.75f * right;

    protected override ulong ReadArguments(JsonElement arguments) => arguments.GetUInt64();

    protected override float Compute(ulong arguments, IndexRange range, CancellationToken cancellationToken) =>
        Terms(range, arguments);

    protected override float Merge(float left, float right) => Merged(left, right);

    protected override JsonElement Result(ulong arguments, GrainSpace space, float total) =>
        Json.Parse($"{BitConverter.SingleToInt32Bits(total)}");

    /// <summary>±2^e · [1, 2) with e in [-12, 12).</summary>
    private static float Term(long index, ulong seed)
    {
        var (sign, exponent, fraction, _) = Philox4x32.Block((ulong)index, seed);
        var magnitude = MathF.ScaleB(1 + fraction / 4294967296f, (int)(exponent % 24) - 12);
        return (sign & 1) == 0 ? magnitude : -magnitude;
    }

    private static float Terms(IndexRange range, ulong seed)
    {
        var sum = 0f;
        for (var index = range.From; index < range.To; index++)
            sum += Term(index, seed);
        return sum;
    }
}
