using System.Globalization;

namespace Cluster.Fuzz.Inputs;

/// <summary>Values at which code tends to break: borders of types, powers of two and their neighbours, what is no number.</summary>
internal static class Interesting
{
    public static IReadOnlyList<long> Integers { get; } =
    [
        0, 1, -1, 2, 3, 7, 8, 15, 16, 63, 64, 65, 127, 128, 255, 256, 257, 1023, 1024, 4095, 4096, 32_767, 32_768, 65_535, 65_536, 65_537,
        1 << 20, (1 << 20) + 1, 1 << 28, (1 << 28) + 1, int.MaxValue - 1L, int.MaxValue, int.MaxValue + 1L, int.MinValue, uint.MaxValue, 1L << 40,
        long.MaxValue / 2, long.MaxValue - 1, long.MaxValue, long.MinValue, long.MinValue + 1, -2, -128, -65_536,
    ];

    public static IReadOnlyList<double> Floats { get; } =
    [
        0, -0.0, 1, -1, 0.5, 1e-30, 1e30, 3.4028235e38, -3.4028235e38, 1.4e-45, 1e-320, double.MaxValue, double.MinValue, double.NaN,
        double.PositiveInfinity, double.NegativeInfinity, 0.1, 1 - 1e-9, 2,
    ];

    public static IReadOnlyList<string> Texts { get; } =
    [
        "", " ", "\0", "\n", "\r\n", "\t", "'", "\"", "\\", "/", "*", "..", "../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/", "%s%n", "${x}",
        "-", "--", "@", "{", "}", "[", "null", "true", "NaN", "-0", "1e400", "é", "\u2028", "\uFFFD", "\uD800", "\uFEFF", "a\u0301", "😀", "__proto__", "$type",
        "cluster:job:1", "job-1", "1e5", "0x10", "١", new string('a', 63), new string('a', 64), new string('a', 65), new string('b', 257),
        new string('9', 400), new string('[', 200),
    ];

    /// <summary>Numbers as people and programs write them, right and wrong.</summary>
    public static IReadOnlyList<string> NumberTexts { get; } =
    [
        .. Integers.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        "NaN", "nan", "inf", "-inf", "Infinity", "1e9", "1e38", "1e39", "-1e39", "1e400", "1e-400", "0x7f", "1_000", "1,5", "+1", "--1", "1.", ".5", "00",
        "-0", "1e", "٣",
        "18446744073709551616", "99999999999999999999999999",
    ];

    public static long Integer(FuzzRandom random) => random.Below(4) switch
    {
        0 => (long)random.Next(),
        1 => random.Below(32),
        2 => random.Pick(Integers) + random.Below(3) - 1,
        _ => random.Pick(Integers),
    };

    public static double Float(FuzzRandom random) => random.Once(3) ? BitConverter.UInt64BitsToDouble(random.Next()) : random.Pick(Floats);

    public static string Text(FuzzRandom random) => random.Below(8) switch
    {
        0 => random.Pick(NumberTexts),
        1 => string.Concat(Enumerable.Range(0, random.Few(20)).Select(_ => (char)random.Below(0x250))),
        2 => new string((char)(32 + random.Below(95)), random.Below(2_000)),
        _ => random.Pick(Texts),
    };
}
