using System.Globalization;

namespace Cluster.Cli.Output;

/// <summary>Numbers and times as people read them, in the invariant culture.</summary>
internal static class Figures
{
    private static readonly (double Size, string Prefix)[] Prefixes = [(1e15, " P"), (1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")];

    /// <summary><c>1,000,000</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>411 M points/s</c>.</summary>
    public static string Rate(double rate, string unit)
    {
        var (size, prefix) = Prefixes.FirstOrDefault(p => rate >= p.Size, (1, " "));
        return string.Create(CultureInfo.InvariantCulture, $"{rate / size:G3}{prefix}{(prefix == " " ? "" : " ")}{unit}/s");
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

    public static string Percent(double fraction) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(fraction * 1000) / 10:0.0} %");

    /// <summary><c>2026-01-31 12:00:00Z</c>, or nothing.</summary>
    public static string Moment(DateTimeOffset? time) => time?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture) ?? "";
}
