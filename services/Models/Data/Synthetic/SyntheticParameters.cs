using System.Globalization;

namespace Cluster.Models.Data.Synthetic;

/// <summary>The parameters of a <c>synthetic:</c> URI, each taken once by name; what nobody takes is wrong.</summary>
internal sealed class SyntheticParameters
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    /// <param name="query">What stands behind the question mark: <c>rows=1000&amp;seed=7</c>.</param>
    /// <param name="defaultRows">Rows where it does not say.</param>
    /// <param name="maxRows">Most rows.</param>
    /// <exception cref="DataFormatException">It is not of that form.</exception>
    public SyntheticParameters(string query, long defaultRows, long maxRows)
    {
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw new DataFormatException($"{DataText.Shown(pair)} is not of the form name=value");
            if (!_given.TryAdd(pair[..equals], pair[(equals + 1)..]))
                throw new DataFormatException($"{DataText.Shown(pair.AsSpan(0, equals))} is given twice");
        }

        Rows = Whole("rows", defaultRows, 1, maxRows);
        Seed = ReadSeed();
    }

    /// <summary>Rows to make.</summary>
    public long Rows { get; }

    /// <summary>Key of all random numbers.</summary>
    public ulong Seed { get; }

    public long Whole(string name, long defaultValue, long from, long to)
    {
        if (Take(name) is not { } text)
            return defaultValue;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= from && value <= to
            ? value
            : throw Wrong(name, text, $"a whole number from {from} to {to}");
    }

    public double Real(string name, double defaultValue, double from, double to)
    {
        if (Take(name) is not { } text)
            return defaultValue;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= from && value <= to
            ? value
            : throw Wrong(name, text, string.Create(CultureInfo.InvariantCulture, $"a number from {from} to {to}"));
    }

    /// <exception cref="DataFormatException">A parameter was given that nobody asked for.</exception>
    public void RequireAllTaken()
    {
        if (_given.Keys.Except(_known).FirstOrDefault() is { } unknown)
            throw new DataFormatException($"there is no parameter {DataText.Shown(unknown)}; the parameters are {string.Join(", ", _known)}");
    }

    private ulong ReadSeed()
    {
        if (Take("seed") is not { } text)
            return 0;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Wrong("seed", text, $"a whole number from 0 to {ulong.MaxValue}");
    }

    private string? Take(string name)
    {
        _known.Add(name);
        return _given.GetValueOrDefault(name);
    }

    private static DataFormatException Wrong(string name, string text, string limit) => new($"{name}: {DataText.Shown(text)}: must be {limit}");
}
