using System.Numerics;
using Cluster.Compute.Philox;

namespace Cluster.Protocol.Lanes;

/// <summary>The order of examples in an epoch: a bijection of [0, N), keyed by (seed, epoch), without state and without a shuffled copy.</summary>
/// <remarks>
/// A balanced Feistel network (Luby and Rackoff 1988) of four rounds over the smallest even number of bits that holds
/// N, with Philox4x32-10 as round function; values of N or more walk the cycle on (Black and Rogaway 2002), which
/// takes fewer than four rounds of the network on average.
/// </remarks>
public sealed class ExampleOrder
{
    private const int Rounds = 4;

    private readonly ulong _examples;
    private readonly int _halfBits;
    private readonly uint _mask;
    private readonly ulong _seed;

    /// <param name="seed">The job's seed.</param>
    /// <param name="examples">Examples N of the data set, at least 1.</param>
    public ExampleOrder(ulong seed, long examples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        _seed = seed;
        _examples = (ulong)examples;
        _halfBits = Math.Max(1, (BitOperations.Log2(_examples) + 2) / 2);
        _mask = (uint)((1UL << _halfBits) - 1);
    }

    /// <summary>The example at a position of an epoch.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="position">Position in [0, N).</param>
    /// <exception cref="ArgumentOutOfRangeException">The position is outside [0, N).</exception>
    public long Example(long epoch, long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)position, _examples, nameof(position));
        ulong value = (ulong)position;
        do
        {
            value = Permute((ulong)epoch, value);
        }
        while (value >= _examples);
        return (long)value;
    }

    private ulong Permute(ulong epoch, ulong value)
    {
        uint left = (uint)(value >> _halfBits) & _mask;
        uint right = (uint)value & _mask;
        for (uint round = 0; round < Rounds; round++)
        {
            var counter = new PhiloxWords(right, round, (uint)epoch, (uint)(epoch >> 32));
            uint mixed = Philox4x32.Block(counter, (uint)_seed, (uint)(_seed >> 32)).W0 & _mask;
            (left, right) = (right, left ^ mixed);
        }

        return ((ulong)left << _halfBits) | right;
    }
}
