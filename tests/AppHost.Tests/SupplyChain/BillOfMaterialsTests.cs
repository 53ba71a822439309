using System.Text.Json;

namespace Cluster.AppHost.Tests.SupplyChain;

/// <summary>What <c>dotnet publish</c> leaves beside a program.</summary>
public sealed class BillOfMaterialsTests
{
    [Fact]
    public async Task Publish_CommandLine_NamesItsPackagesWithVersionLicenceAndHash()
    {
        var target = Directory.CreateTempSubdirectory("cluster-aspire-test-");
        try
        {
            var (code, output) = await DotnetCommand.RunAsync(
                ["publish", "services/Cli", "--no-build", "-c", "Debug", "-o", target.FullName], TestContext.Current.CancellationToken);
            Assert.SkipWhen(code != 0 && output.Contains("NU1301", StringComparison.Ordinal),
                "the tool that writes the bill cannot be restored: no feed of packages");
            Assert.True(code == 0, output);

            await using var file = File.OpenRead(Path.Combine(target.FullName, "bom.json"));
            using var bill = await JsonDocument.ParseAsync(file, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal("CycloneDX", bill.RootElement.GetProperty("bomFormat").GetString());
            var package = Assert.Single(bill.RootElement.GetProperty("components").EnumerateArray(),
                component => component.GetProperty("name").GetString() == "Grpc.Net.Client");
            Assert.Equal($"pkg:nuget/Grpc.Net.Client@{package.GetProperty("version").GetString()}", package.GetProperty("purl").GetString());
            Assert.Contains(package.GetProperty("licenses").EnumerateArray(),
                licence => licence.GetProperty("license").GetProperty("id").GetString() == "Apache-2.0");
            Assert.Contains(package.GetProperty("hashes").EnumerateArray(), hash => hash.GetProperty("alg").GetString() == "SHA-512");
        }
        finally
        {
            target.Delete(recursive: true);
        }
    }
}
