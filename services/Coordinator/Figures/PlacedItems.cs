using System.Globalization;
using Cluster.Protocol.Messages;

namespace Cluster.Coordinator.Figures;

/// <summary>How items of training jobs are called where it is said on which device they ran; without spaces.</summary>
internal static class PlacedItems
{
    /// <summary><c>training/clocks_0_32/lanes_0-3</c>.</summary>
    public static string Name(SegmentReached told) => string.Create(
        CultureInfo.InvariantCulture, $"training/clocks_{told.From}_{told.To}/{told.Lanes.Replace(", ", "+", StringComparison.Ordinal).Replace(' ', '_')}");

    /// <summary><c>evaluation/clock_32/heldout_0_1000</c>.</summary>
    public static string Name(ModelEvaluated told) => string.Create(
        CultureInfo.InvariantCulture, $"evaluation/clock_{told.Item.Clock}/{told.Item.Set.ToString().ToLowerInvariant()}_{told.Item.From}_{told.Item.To}");
}
