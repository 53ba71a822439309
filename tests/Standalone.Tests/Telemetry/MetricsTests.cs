using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Cluster.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.Standalone.Tests.Telemetry;

/// <summary>The instruments that the services have: each says what it measures, and the operator's table names them all.</summary>
public sealed partial class MetricsTests(EmbeddedFixture embedded) : IClassFixture<EmbeddedFixture>
{
    private const string Prefix = "Cluster.";

    [Fact]
    public void Instruments_Each_HasUnitAndDescription()
        => Assert.All(Instruments(), instrument => Assert.True(
            !string.IsNullOrWhiteSpace(instrument.Unit) && !string.IsNullOrWhiteSpace(instrument.Description), instrument.Name));

    [Fact]
    public async Task Instruments_All_AreTheRowsOfTheOperatorsTable()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/operations.md"), TestContext.Current.CancellationToken);
        var table = text[text.IndexOf("### Metrics", StringComparison.Ordinal)..];

        Assert.Equal(
            Instruments().Select(instrument => $"{instrument.Name} {instrument.Unit}").Distinct().Order(StringComparer.Ordinal),
            Row().Matches(table[..table.IndexOf("\n## ", StringComparison.Ordinal)])
                .Select(row => $"{row.Groups["name"].Value} {row.Groups["unit"].Value}").Order(StringComparer.Ordinal));
    }

    private List<Instrument> Instruments()
    {
        foreach (var type in Assemblies().SelectMany(assembly => assembly.GetTypes()).Where(HasMeters)) embedded.Cluster.Services.GetRequiredService(type);
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith(Prefix, StringComparison.Ordinal)) found.Add(instrument);
            },
        };
        listener.Start();
        return found;
    }

    private static IEnumerable<System.Reflection.Assembly> Assemblies()
        => AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.GetName().Name!.StartsWith(Prefix, StringComparison.Ordinal));

    private static bool HasMeters(Type type)
        => type.GetConstructors().Any(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(IMeterFactory)));

    [GeneratedRegex(@"^\| `(?<name>[a-z._]+)` \| (?<unit>\S+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
