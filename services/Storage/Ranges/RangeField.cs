using System.Globalization;
using Cluster.Compute.Computations;

namespace Cluster.Storage.Ranges;

/// <summary>Name of the field of a recorded range in a job's results: <c>from-to</c>.</summary>
internal static class RangeField
{
    /// <exception cref="FormatException">The text is not two numbers with '-' between them.</exception>
    public static GrainRange Parse(string field)
    {
        var dash = field.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && long.TryParse(field.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && long.TryParse(field.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            ? new GrainRange(from, to)
            : throw new FormatException($"'{field}' is not the name of a recorded range");
    }
}
