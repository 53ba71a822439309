using Cluster.Compute.Philox;

namespace Cluster.Protocol.Lanes;

/// <summary>The order of examples in one epoch, as a value: see <see cref="ExampleOrder"/>.</summary>
public readonly struct EpochOrder
{
    private readonly ulong _examples;
    private readonly int _halfBits;
    private readonly PhiloxWords _first;
    private readonly PhiloxWords _second;

    internal EpochOrder(ulong examples, int halfBits, PhiloxWords first, PhiloxWords second) =>
        (_examples, _halfBits, _first, _second) = (examples, halfBits, first, second);

    /// <summary>The example at a position.</summary>
    /// <param name="position">Position in [0, N).</param>
    /// <exception cref="ArgumentOutOfRangeException">The position is outside [0, N).</exception>
    public long Example(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)position, _examples, nameof(position));
        var value = (ulong)position;
        do
        {
            value = Permute(value);
        }
        while (value >= _examples);
        return (long)value;
    }

    /// <summary>The position of an example: the inverse of <see cref="Example"/>.</summary>
    /// <param name="example">Example in [0, N).</param>
    /// <exception cref="ArgumentOutOfRangeException">The example is outside [0, N).</exception>
    public long Position(long example)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(example);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)example, _examples, nameof(example));
        var value = (ulong)example;
        do
        {
            value = Undo(value);
        }
        while (value >= _examples);
        return (long)value;
    }

    // Eight rounds, each of which changes one half by the other: without the exchange of halves that two of them undo.
    private ulong Permute(ulong value)
    {
        var mask = (uint)((1UL << _halfBits) - 1);
        var left = (uint)(value >> _halfBits) & mask;
        var right = (uint)value & mask;
        left ^= Mix(right ^ _first.W0) & mask;
        right ^= Mix(left ^ _first.W1) & mask;
        left ^= Mix(right ^ _first.W2) & mask;
        right ^= Mix(left ^ _first.W3) & mask;
        left ^= Mix(right ^ _second.W0) & mask;
        right ^= Mix(left ^ _second.W1) & mask;
        left ^= Mix(right ^ _second.W2) & mask;
        right ^= Mix(left ^ _second.W3) & mask;
        return ((ulong)left << _halfBits) | right;
    }

    // Each round is its own inverse; so the same rounds, last first.
    private ulong Undo(ulong value)
    {
        var mask = (uint)((1UL << _halfBits) - 1);
        var left = (uint)(value >> _halfBits) & mask;
        var right = (uint)value & mask;
        right ^= Mix(left ^ _second.W3) & mask;
        left ^= Mix(right ^ _second.W2) & mask;
        right ^= Mix(left ^ _second.W1) & mask;
        left ^= Mix(right ^ _second.W0) & mask;
        right ^= Mix(left ^ _first.W3) & mask;
        left ^= Mix(right ^ _first.W2) & mask;
        right ^= Mix(left ^ _first.W1) & mask;
        left ^= Mix(right ^ _first.W0) & mask;
        return ((ulong)left << _halfBits) | right;
    }

    /// <summary>The 32-bit finalizer of MurmurHash3 (Appleby 2011): each bit that goes in flips each that comes out about half of the time.</summary>
    private static uint Mix(uint word)
    {
        word = (word ^ (word >> 16)) * 0x85EBCA6B;
        word = (word ^ (word >> 13)) * 0xC2B2AE35;
        return word ^ (word >> 16);
    }
}
