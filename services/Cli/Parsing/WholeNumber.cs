using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Cluster.Cli.Parsing;

/// <summary>
/// Reads whole numbers as people write large ones: <c>1000000</c>, <c>1_000_000</c>, <c>1e6</c>, <c>2.5e6</c>. In exact
/// decimal arithmetic: what is not whole is refused, never rounded.
/// </summary>
internal static partial class WholeNumber
{
    /// <summary>Decimal digits beyond which a number exceeds every limit here; larger exponents need not be worked out.</summary>
    private const int MaxDigits = 400;

    private const int MaxLength = 1000;

    public static bool TryParse(string text, out BigInteger value)
    {
        value = default;
        if (text.Length > MaxLength || Form().Match(text) is not { Success: true } match) return false;

        var fraction = Digits(match, "fraction");
        var digits = Digits(match, "whole") + fraction;
        var significant = digits.TrimEnd('0');
        if (significant.Length == 0) return true;

        var scale = ReadExponent(match) - fraction.Length + (digits.Length - significant.Length);
        if (scale < 0) return false;

        value = BigInteger.Parse(significant, NumberStyles.None, CultureInfo.InvariantCulture) * BigInteger.Pow(10, (int)BigInteger.Min(scale, MaxDigits));
        if (match.Groups["sign"].Value == "-") value = -value;
        return true;
    }

    private static string Digits(Match match, string group) => match.Groups[group].Value.Replace("_", "", StringComparison.Ordinal);

    private static BigInteger ReadExponent(Match match)
        => match.Groups["exponent"] is { Success: true, Value: var text }
            ? BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : BigInteger.Zero;

    [GeneratedRegex(@"\A(?<sign>[+-]?)(?<whole>[0-9]+(_[0-9]+)*)(\.(?<fraction>[0-9]+(_[0-9]+)*))?([eE](?<exponent>[+-]?[0-9]+))?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
