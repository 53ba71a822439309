using Cluster.Testing;

namespace Cluster.AppHost.Tests.SupplyChain;

/// <summary>What the repository's properties make of a package with a known vulnerability.</summary>
public sealed class RestoreAuditTests : IDisposable
{
    private const string Package = "grpc.net.client";

    // Below the root, where Directory.Build.props holds.
    private readonly DirectoryInfo _project = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", $"Audited-{Guid.NewGuid():N}"));

    public void Dispose()
    {
        _project.Delete(recursive: true);
        var objects = Path.Combine(Repository.Root, "artifacts", "obj", _project.Name);
        if (Directory.Exists(objects)) Directory.Delete(objects, recursive: true);
    }

    [Theory]
    [InlineData(Package, 1, "error NU1903")]
    [InlineData("another.package", 0, "")]
    public async Task Restore_PackageThatIsKnownToBeVulnerable_Fails(string vulnerable, int exitCode, string error)
    {
        using var feed = new VulnerabilityFeed(vulnerable);
        await WriteAsync($"{_project.Name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup><PackageReference Include="{Package}" /></ItemGroup>
            </Project>
            """);
        await WriteAsync("nuget.config", $"""
            <configuration>
              <auditSources><clear /><add key="audit" value="{feed.Address}index.json" allowInsecureConnections="true" /></auditSources>
            </configuration>
            """);

        var (code, output) = await DotnetCommand.RunAsync(["restore", _project.FullName, "--no-http-cache"], TestContext.Current.CancellationToken);

        Assert.True(code == exitCode, output);
        Assert.Contains(error, output, StringComparison.Ordinal);
    }

    private Task WriteAsync(string name, string text)
        => File.WriteAllTextAsync(Path.Combine(_project.FullName, name), text, TestContext.Current.CancellationToken);
}
