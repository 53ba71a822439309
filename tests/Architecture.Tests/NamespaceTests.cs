namespace Cluster.Architecture.Tests;

/// <summary>Folders of a project use each other in one direction.</summary>
public sealed class NamespaceTests
{
    public static TheoryData<string> Projects
        => [.. SourceFile.Projects.Select(path => Path.GetRelativePath(Testing.Repository.Root, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_FormNoCircle(string project)
        => Assert.Null(new NamespaceGraph([.. SourceFile.Below(Path.Combine(Testing.Repository.Root, project))]).Circle());

    [Fact]
    public void Circle_ThreeNamespacesInTurn_IsFound()
    {
        SourceFile[] files = [File("A", "B"), File("B", "C.Type"), File("C", "A"), File("D", "A")];

        Assert.Equal("A -> B -> C -> A", new NamespaceGraph(files).Circle());
        Assert.Null(new NamespaceGraph(files[1..]).Circle());
    }

    private static SourceFile File(string name, string import) => new($"{name}.cs", name, [import], []);
}
