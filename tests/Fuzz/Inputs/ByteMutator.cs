using System.Buffers.Binary;

namespace Cluster.Fuzz.Inputs;

/// <summary>Damages bytes without knowing what they mean: cut, flipped, doubled, put together from two, numbers in them replaced by borders.</summary>
/// <param name="words">What the format is made of, to be strewn in.</param>
internal sealed class ByteMutator(IReadOnlyList<byte[]> words)
{
    private const int MaxBytes = 1 << 16;

    /// <summary>Damaged in one to a few places.</summary>
    public byte[] Mutate(byte[] bytes, IReadOnlyList<byte[]> others, FuzzRandom random)
    {
        var damaged = bytes;
        for (var times = random.Few(12); times > 0; times--) damaged = Once(damaged, others, random);
        return damaged.Length <= MaxBytes ? damaged : damaged[..MaxBytes];
    }

    private byte[] Once(byte[] bytes, IReadOnlyList<byte[]> others, FuzzRandom random)
    {
        if (bytes.Length == 0) return random.Bytes(random.Few(16));
        var at = random.Below(bytes.Length);
        var count = Math.Min(random.Few(64), bytes.Length - at);
        switch (random.Below(10))
        {
            case 0:
                return bytes[..at];
            case 1:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + count)];
            case 2:
                return [.. bytes.AsSpan(0, at), .. random.Bytes(count), .. bytes.AsSpan(at)];
            case 3:
                return [.. bytes.AsSpan(0, at + count), .. bytes.AsSpan(at)];
            case 4:
                var other = random.Pick(others);
                return [.. bytes.AsSpan(0, at), .. other.AsSpan(random.Below(other.Length + 1))];
            case 5:
                return [.. bytes.AsSpan(0, at), .. Word(random), .. bytes.AsSpan(random.Once(2) ? at : at + count)];
            case 6:
                return [.. bytes.AsSpan(at), .. bytes.AsSpan(0, at)];
            case 7:
                return Changed(bytes, copy => WriteNumber(copy.AsSpan(at), random));
            default:
                return Changed(bytes, copy => copy[at] ^= (byte)(1 << random.Below(8)));
        }
    }

    private byte[] Word(FuzzRandom random) => words.Count > 0 ? random.Pick(words) : random.Bytes(4);

    private static byte[] Changed(byte[] bytes, Action<byte[]> change)
    {
        byte[] copy = [.. bytes];
        change(copy);
        return copy;
    }

    private static void WriteNumber(Span<byte> target, FuzzRandom random)
    {
        Span<byte> number = stackalloc byte[8];
        var value = Interesting.Integer(random);
        var width = 1 << random.Below(4);
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        if (random.Once(2)) number[..width].Reverse();
        number[..Math.Min(width, target.Length)].CopyTo(target);
    }
}
