using CsCheck;

namespace Cluster.DeviceSuite;

/// <summary>Inputs of the suite, and what equal bits means.</summary>
internal static class Floats
{
    private static readonly float[] Special =
    [
        0, -0f, 1, -1, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f,
        1.17549435e-38f, float.MaxValue, float.MinValue, 1e-20f, 88.7f, -88.7f, -103.5f, 104, 0.625f, -0.625f,
    ];

    /// <summary>Lengths with the corners of vectors, of blocks and of what a thread takes.</summary>
    public static Gen<int> Length { get; } = Gen.OneOf(
        Gen.Int[0, 70], Gen.OneOf(127, 128, 129, 997, 4095, 4096, 4097, 8191, 65_535, 65_537, 150_001));

    /// <summary>Sizes of matrices: small, primes, and around the tiles of kernels.</summary>
    public static Gen<int> Size { get; } = Gen.OneOf(
        Gen.Int[0, 20], Gen.OneOf(23, 31, 32, 33, 47, 48, 63, 64, 65, 97, 127, 129));

    /// <summary>Ordinary values of both signs.</summary>
    public static float[] Ordinary(int length, uint seed) => Draw(length, seed, specials: 0);

    /// <summary>As <see cref="Ordinary"/>, with zeros of both signs, denormals, infinities, NaNs and extremes in one of eight places.</summary>
    public static float[] WithSpecials(int length, uint seed) => Draw(length, seed, specials: 8);

    /// <summary>Equal to the bit; any NaN equals any other.</summary>
    public static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var (e, a) = (expected[i], actual[i]);
            if (BitConverter.SingleToInt32Bits(e) != BitConverter.SingleToInt32Bits(a) && !(float.IsNaN(e) && float.IsNaN(a)))
                Assert.Fail($"{what}[{i}] of {expected.Length} is {a:R}, the reference has {e:R}");
        }
    }

    private static float[] Draw(int length, uint seed, int specials)
    {
        var random = new Random((int)seed);
        var values = new float[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = specials > 0 && random.Next(specials) == 0
                ? Special[random.Next(Special.Length)]
                : (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-4, 5)));
        }

        return values;
    }
}
