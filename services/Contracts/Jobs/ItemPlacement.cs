namespace Cluster.Contracts.Jobs;

/// <summary>
/// Devices of a job's items by where they lie in its index space: what a function of the item gave, as a list. Each part's
/// device is merged into the spec's own, as the inner one of two scopes; what no part covers is placed by the spec's own.
/// </summary>
public sealed record ItemPlacement
{
    /// <summary>Most parts of a list.</summary>
    public const int MaxParts = 1024;

    /// <summary>In order, without overlap, 1 to <see cref="MaxParts"/>; borders are multiples of the grain size, or the end.</summary>
    public required IReadOnlyList<PlacedPart> Parts { get; init; }

    /// <summary>
    /// Cuts an index space into items of equal numbers of grains, as far as they divide, and asks a function for the device of
    /// each. Neighbours on one device become one part.
    /// </summary>
    /// <param name="indexCount">Size of the index space, at least 1.</param>
    /// <param name="grainSize">Indices in a grain, at least 1.</param>
    /// <param name="items">Items, 1 to <see cref="MaxParts"/>; where there are fewer grains, so many.</param>
    /// <param name="device">Ordinal of an item, from 0 → device spec, whole or in part; null or empty leaves it to the spec's own.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="FormatException">The function gave no device spec; the message names item and part.</exception>
    public static ItemPlacement ByItem(long indexCount, long grainSize, int items, Func<int, string?> device)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(indexCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(grainSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items, MaxParts);
        var grains = ((indexCount - 1) / grainSize) + 1;
        var count = (int)Math.Min(items, grains);
        var parts = new List<PlacedPart>(count);
        for (var i = 0; i < count; i++)
        {
            var part = new PlacedPart(Border(i), Border(i + 1), Checked(i, device(i) ?? ""));
            if (parts.Count > 0 && parts[^1].Device == part.Device) parts[^1] = parts[^1] with { To = part.To };
            else parts.Add(part);
        }

        return new ItemPlacement { Parts = parts };

        long Border(int item) => item == count ? indexCount : (long)((Int128)grains * item / count) * grainSize;
    }

    public bool Equals(ItemPlacement? other) => other is not null && Parts.SequenceEqual(other.Parts);

    public override int GetHashCode() => Parts.Aggregate(0, HashCode.Combine);

    /// <summary>What is wrong with the list for an index space, and at which part; null where nothing is.</summary>
    internal string? Problem(long indexCount, long grainSize)
    {
        if (Parts.Count is 0 or > MaxParts) return $"must have 1 to {MaxParts} parts; it has {Parts.Count}";
        var end = 0L;
        foreach (var part in Parts)
        {
            if (part.From < end || part.To <= part.From || part.To > indexCount)
                return $"part {part}: must lie behind the part before it and within [0, {indexCount})";
            if (part.From % grainSize != 0 || (part.To % grainSize != 0 && part.To != indexCount))
                return $"part {part}: must begin and end at a multiple of the grain size, {grainSize}, or at the end";
            if (!Devices.DeviceSpec.TryParse(part.Device, out _, out var error)) return $"part {part}: {error}";
            end = part.To;
        }

        return null;
    }

    private static string Checked(int item, string device)
        => Devices.DeviceSpec.TryParse(device, out _, out var error) ? device : throw new FormatException($"item {item}: {error}");
}

/// <summary>Indices [From, To) and the device spec, whole or in part, that their items go to.</summary>
public sealed record PlacedPart(long From, long To, string Device)
{
    /// <summary><c>[0, 100) on /gpu:0</c>.</summary>
    public override string ToString() => $"[{From}, {To}) on {(Device.Length == 0 ? "any device" : Device)}";
}
