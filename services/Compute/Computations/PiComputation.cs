using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Cluster.Compute.Devices;
using Cluster.Compute.Pi;
using Cluster.Contracts.Devices;

namespace Cluster.Compute.Computations;

/// <summary>
/// Monte Carlo estimate of π: index i is Philox block i, two points of the unit square. Arguments:
/// <c>{"seed": S}</c> with 0 ≤ S &lt; 2⁶⁴ as a number or as a decimal string (JSON numbers above 2⁵³ do not survive
/// every reader). Result: <c>{"points", "inside", "pi", "standardError"}</c>.
/// </summary>
public sealed class PiComputation : Computation<ulong, ulong>
{
    public const long PointsPerBlock = 2;

    private const string SeedLimit = "a whole number from 0 to 18446744073709551615 is needed";

    public override string Name => "pi";

    public override bool Supports(DeviceType type) => true;

    protected override ulong ReadArguments(JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty("seed", out var seed))
            throw new ArgumentException($"Argument 'seed' is missing in {arguments}: {SeedLimit}.", nameof(arguments));

        var read = seed.ValueKind switch
        {
            JsonValueKind.Number => seed.TryGetUInt64(out var number) ? number : (ulong?)null,
            JsonValueKind.String => ulong.TryParse(
                seed.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var text) ? text : null,
            _ => null,
        };
        return read ?? throw new ArgumentException(
            $"Argument 'seed' is {seed.GetRawText()}: {SeedLimit}.", nameof(arguments));
    }

    protected override ulong Compute(ulong arguments, IndexRange range, CancellationToken cancellationToken) =>
        PhiloxPiKernel.CountInside(range.From, range.To, arguments);

    protected override void ComputeGrains(
        IDeviceStream stream, ulong arguments, IndexRange range, long grainSize, Span<ulong> partials,
        CancellationToken cancellationToken) =>
        stream.CountPiInside(range.From, range.To, grainSize, arguments, partials);

    protected override ulong Merge(ulong left, ulong right) => left + right;

    protected override JsonElement Result(ulong arguments, GrainSpace space, ulong total)
    {
        var points = PointsPerBlock * (double)space.IndexCount;
        var p = total / points;

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("points", PointsPerBlock * (ulong)space.IndexCount);
            writer.WriteNumber("inside", total);
            writer.WriteNumber("pi", 4 * p);
            // Standard deviation of a mean of Bernoulli(p) draws, times 4.
            writer.WriteNumber("standardError", 4 * Math.Sqrt(p * (1 - p) / points));
            writer.WriteEndObject();
        }

        return JsonElement.Parse(json.WrittenSpan);
    }
}
