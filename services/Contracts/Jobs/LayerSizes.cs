using System.Globalization;

namespace Cluster.Contracts.Jobs;

/// <summary>Units of hidden layers as people write them: <c>128,64</c>.</summary>
public static class LayerSizes
{
    public const int MaxLayers = 64;
    public const int MaxUnits = 1 << 20;

    /// <summary>What a text must be.</summary>
    public static readonly string Limit = $"must be 1 to {MaxLayers} numbers from 1 to {MaxUnits}, separated by commas";

    /// <summary>Reads sizes; none for null.</summary>
    public static bool TryParse(string? text, out IReadOnlyList<int> sizes)
    {
        sizes = [];
        if (text is null) return true;
        var parts = text.Split(',');
        var read = new List<int>(parts.Length);
        foreach (var part in parts)
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size is < 1 or > MaxUnits) return false;
            read.Add(size);
        }

        sizes = read;
        return read.Count <= MaxLayers;
    }
}
