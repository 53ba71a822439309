using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Tests.Devices;
using CsCheck;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Contracts.Tests.Jobs;

public sealed class SpecMappingTests
{
    private static readonly Gen<string?> Device = DeviceSpecs.Any.Select(d => d.ToString() is { Length: > 0 } text ? text : null);

    private static readonly Gen<PiSpec> Pi = Gen.Select(
        Gen.Long[1, PiSpec.MaxPoints], Gen.ULong, Device, Gen.Bool,
        (points, seed, device, log) => new PiSpec { Points = points, Seed = seed, Device = device, LogDevicePlacement = log });

    [Fact]
    public void TryToSpec_PiFromItsRecord_IsTheSame() => Pi.Sample(spec =>
        V1.PiSpec.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(spec.ToProto())).TryToSpec(out var read, out _) && read == spec);

    [Fact]
    public void Json_PiFromItsRecord_IsTheSame() => Pi.Sample(spec =>
        JsonSerializer.Deserialize<PiSpec>(JsonSerializer.Serialize(spec, SpecJson.Options), SpecJson.Options) == spec);

    [Fact]
    public void Json_Pi_HasTheFieldsAndNothingComputed()
        => Assert.Equal("""{"points":3,"seed":18446744073709551615,"device":null,"logDevicePlacement":false}""",
            JsonSerializer.Serialize(new PiSpec { Points = 3, Seed = ulong.MaxValue }, SpecJson.Options));

    [Fact]
    public void Json_Tally_HasTheDocumentedForm()
        => Assert.Equal("""{"points":2000,"inside":1572}""", JsonSerializer.Serialize(new PiTally(2000, 1572), SpecJson.Options));

    [Fact]
    public void TryToSpec_ComputationFromItsRecord_IsTheSame()
    {
        var spec = new ComputationSpec
        {
            Name = "sum",
            Arguments = JsonElement.Parse("""{"a": [1, 2.50], "b": null}"""),
            IndexCount = long.MaxValue,
            GrainSize = 1L << 40,
            Device = "/gpu:0",
            LogDevicePlacement = true,
        };

        Assert.True(spec.ToProto().TryToSpec(out var read, out var violations));

        Assert.Empty(violations);
        Assert.Equal(spec.Arguments.GetRawText(), read.Arguments.GetRawText());
        Assert.Equal(spec with { Arguments = read.Arguments }, read);
    }

    [Fact]
    public void TryToSpec_EmptyMessages_ListEverythingThatIsWrong()
    {
        Assert.False(new V1.PiSpec().TryToSpec(out var pi, out var piViolations));
        Assert.False(new V1.ComputationSpec().TryToSpec(out var computation, out var violations));

        Assert.Null(pi);
        Assert.Null(computation);
        Assert.Equal(["points"], piViolations.Select(v => v.Field));
        Assert.Equal(["arguments", "name", "indexCount", "grainSize"], violations.Select(v => v.Field));
    }

    [Theory]
    [InlineData("{\"a\":", "must be JSON")]
    [InlineData("{} {}", "must be JSON")]
    public void TryToSpec_ArgumentsThatAreNoJson_AreNamed(string json, string expected)
    {
        var message = new V1.ComputationSpec { Name = "sum", ArgumentsJson = json, IndexCount = 1, GrainSize = 1 };

        Assert.False(message.TryToSpec(out _, out var violations));

        var violation = Assert.Single(violations);
        Assert.Equal(("arguments", json), (violation.Field, violation.Value));
        Assert.StartsWith(expected, violation.Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void TryToSpec_ArgumentsTooLongOrTooDeep_AreRefused()
    {
        var tooLong = new V1.ComputationSpec { Name = "sum", ArgumentsJson = new string('[', 1_000_000), IndexCount = 1, GrainSize = 1 };
        var tooDeep = new V1.ComputationSpec { Name = "sum", ArgumentsJson = new string('[', 1000) + new string(']', 1000), IndexCount = 1, GrainSize = 1 };

        Assert.False(tooLong.TryToSpec(out _, out var lengthViolations));
        Assert.False(tooDeep.TryToSpec(out _, out var depthViolations));

        Assert.Contains("at most 65536 characters", Assert.Single(lengthViolations).Limit, StringComparison.Ordinal);
        Assert.Contains("depth", Assert.Single(depthViolations).Limit, StringComparison.Ordinal);
    }
}
