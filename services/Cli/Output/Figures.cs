using System.Globalization;

namespace Cluster.Cli.Output;

/// <summary>Numbers and times as people read them, in the invariant culture.</summary>
internal static class Figures
{
    private static readonly (double Size, string Prefix)[] Prefixes = [(1e15, " P"), (1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")];

    /// <summary><c>1,000,000</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1 lane</c>, <c>2 lanes</c>.</summary>
    public static string Count(long count, string noun) => count == 1 ? $"1 {noun}" : $"{Count(count)} {noun}s";

    /// <summary><c>411 M points/s</c>.</summary>
    public static string Rate(double rate, string unit)
    {
        var (size, prefix) = Prefixes.FirstOrDefault(p => rate >= p.Size, (1, " "));
        return string.Create(CultureInfo.InvariantCulture, $"{rate / size:G3}{prefix}{(prefix == " " ? "" : " ")}{unit}/s");
    }

    /// <summary><c>3.1416 ± 0.0012</c>: two significant digits of the error, and the value to the same place.</summary>
    public static string Estimate(double value, double error)
    {
        var decimals = error > 0 ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(error)), 0, 15) : 10;
        var form = string.Create(CultureInfo.InvariantCulture, $"F{decimals}");
        return $"{value.ToString(form, CultureInfo.InvariantCulture)} ± {error.ToString(form, CultureInfo.InvariantCulture)}";
    }

    /// <summary><c>2.4 s</c>, <c>3 min 20 s</c>, <c>5 h 12 min</c>, <c>3 d 4 h</c>.</summary>
    public static string Time(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s"),
        { TotalMinutes: < 1 } => $"{(int)time.TotalSeconds} s",
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
        { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
        _ => $"{time.Days} d {time.Hours} h",
    };

    /// <summary><c>0.1583</c>: six significant digits.</summary>
    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>Six significant digits, of a float's own value.</summary>
    public static string Number(float value) => value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary><c>1.98</c>, and <c>0.0012</c> where two decimals would not say enough.</summary>
    public static string Rough(float value)
        => value.ToString(value == 0 || Math.Abs(value) is >= 0.1f and < 1e6f ? "F2" : "G2", CultureInfo.InvariantCulture);

    /// <summary><c>1.98</c> for one value, <c>[1.98, 0.3, …]</c> for several.</summary>
    public static string Values(IReadOnlyList<float> values, int limit, Func<float, string> form)
    {
        if (values.Count == 1) return form(values[0]);
        var shown = string.Join(", ", values.Take(limit).Select(form));
        return values.Count > limit ? $"[{shown}, …] ({Count(values.Count)} values)" : $"[{shown}]";
    }

    public static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(fraction * 1000) / 10:0.0} %");

    /// <summary><c>2026-01-31 12:00:00Z</c>, or nothing.</summary>
    public static string Moment(DateTimeOffset? time) => time?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture) ?? "";
}
