namespace Cluster.Architecture.Tests;

/// <summary>What no analyzer says.</summary>
public sealed class StyleTests
{
    private const int MostColumns = 160;

    [Fact]
    public void Lines_OfAllFiles_AreOfReadableLength()
    {
        var lines = Files().SelectMany(file => file.Lines.Select((line, number) => (Place: $"{file.Path}:{number + 1}", line.Length)));

        Assert.DoesNotContain(lines, line => line.Length > MostColumns);
    }

    /// <summary>Only the client runs in processes that have a synchronization context.</summary>
    [Fact]
    public void ConfigureAwaitFalse_OutsideTheClient_IsNotWritten()
        => Assert.Empty(Files().Where(file => !file.Path.StartsWith("services/Client/", StringComparison.Ordinal) && Has(file, "ConfigureAwait(" + "false)"))
            .Select(file => file.Path));

    private static IEnumerable<SourceFile> Files() => SourceFile.Projects.SelectMany(SourceFile.Below).DistinctBy(file => file.Path);

    private static bool Has(SourceFile file, string text) => file.Lines.Any(line => line.Contains(text, StringComparison.Ordinal));
}
