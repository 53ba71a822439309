using System.Text.RegularExpressions;

namespace Cluster.Architecture.Tests;

/// <summary>The map of the sources leads to files that there are.</summary>
public sealed partial class MapTests
{
    [Fact]
    public void Map_EachFileThatItNames_Exists()
    {
        var named = Link().Matches(File.ReadAllText(Path.Combine(Testing.Repository.Root, "docs/map.md"))).Select(match => match.Groups[1].Value).ToList();

        Assert.True(named.Count > 40, $"the map names {named.Count} files");
        Assert.All(named, path => Assert.True(Path.Exists(Path.Combine(Testing.Repository.Root, "docs", path)), path));
    }

    [GeneratedRegex(@"\]\(([^)#:]+)\)")]
    private static partial Regex Link();
}
