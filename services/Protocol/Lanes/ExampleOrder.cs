using System.Numerics;
using Cluster.Compute.Philox;

namespace Cluster.Protocol.Lanes;

/// <summary>The order of examples in each epoch: a bijection of [0, N), keyed by (seed, epoch), without state and without a shuffled copy.</summary>
/// <remarks>
/// A balanced Feistel network (Luby and Rackoff 1988) over the smallest even number of bits that holds N - 1; values of
/// N or more walk the cycle on (Black and Rogaway 2002), which takes fewer than four passes on average, and one where N
/// fills the domain. A network is a bijection whatever its round function is, so that one is cheap: a 32-bit finalizer
/// of the half and a round key. All that depends on the epoch is the keys: see <see cref="EpochOrder"/>.
/// <para>
/// Four rounds make a network of random functions hard to tell from a random permutation as long as few positions are
/// seen, six or more as long as not nearly all are (Patarin 2004). An epoch shows all positions of one key, and the
/// round functions are not random, only well mixed; hence eight. The keys are words of Philox4x32-10, so epochs and
/// seeds that are neighbours have unrelated orders. Nothing here resists an adversary, and nothing needs to.
/// </para>
/// </remarks>
public sealed class ExampleOrder
{
    // Sets the counters apart from those of the initial parameters and of π under the same seed.
    private const uint Domain = 0x5244524F;

    private const long HeldOutEpoch = -1;

    private readonly ulong _examples;
    private readonly int _halfBits;
    private readonly ulong _seed;

    /// <param name="seed">The job's seed.</param>
    /// <param name="examples">Examples N of the data set, at least 1.</param>
    public ExampleOrder(ulong seed, long examples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        _seed = seed;
        _examples = (ulong)examples;
        _halfBits = (BitOperations.Log2(_examples - 1) + 2) / 2;
    }

    /// <summary>An order that is no epoch's: the one by which rows are held out. Unrelated to those of the epochs.</summary>
    public EpochOrder HeldOut => Of(HeldOutEpoch);

    /// <summary>The order of one epoch, for those who take many positions of it.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public EpochOrder Of(long epoch) => new(_examples, _halfBits, Keys(epoch, 0), Keys(epoch, 1));

    /// <summary>The example at a position of an epoch.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="position">Position in [0, N).</param>
    /// <exception cref="ArgumentOutOfRangeException">The position is outside [0, N).</exception>
    public long Example(long epoch, long position) => Of(epoch).Example(position);

    private PhiloxWords Keys(long epoch, uint block) => Philox4x32.Block(
        new PhiloxWords(block, Domain, (uint)epoch, (uint)((ulong)epoch >> 32)), (uint)_seed, (uint)(_seed >> 32));
}
