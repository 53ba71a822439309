using System.Xml.Linq;

namespace Cluster.Architecture.Tests;

/// <summary>References run one way: processes to libraries to contracts, and clients reference nothing that computes.</summary>
public sealed class LayerTests
{
    [Theory]
    [InlineData("Contracts")]
    [InlineData("Client", "Contracts")]
    [InlineData("Cli", "Client", "Contracts")]
    [InlineData("Compute", "Contracts")]
    [InlineData("Protocol", "Compute", "Contracts")]
    [InlineData("DataPlane", "Compute", "Contracts", "Protocol")]
    [InlineData("Models", "Compute", "Contracts", "Protocol")]
    public void Project_WithAllThatItsReferencesBring_ReferencesNoMore(string project, params string[] allowed)
        => Assert.Equal(allowed, Closure(project).Except([project]).Order(StringComparer.Ordinal));

    [Fact]
    public void Libraries_None_ReferencesAProcess()
    {
        string[] processes = ["Coordinator", "ParameterStore", "Worker", "Standalone", "Cli", "SelfTest"];
        string[] libraries = ["Contracts", "Client", "Compute", "Protocol", "DataPlane", "Models", "Storage", "ServiceDefaults"];

        Assert.Empty(libraries.SelectMany(Closure).Intersect(processes));
    }

    private static HashSet<string> Closure(string project)
    {
        var found = new HashSet<string>();
        Add(project);
        return found;

        void Add(string name)
        {
            if (found.Add(name)) References(name).ForEach(Add);
        }
    }

    private static List<string> References(string project)
    {
        var path = SourceFile.Projects.Select(directory => Path.Combine(directory, project + ".csproj")).Single(File.Exists);
        var references = XDocument.Load(path).Descendants("ProjectReference");
        return [.. references.Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))];
    }
}
