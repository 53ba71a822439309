using Cluster.Contracts.Data;
using Cluster.Models.Data;
using Cluster.Storage.Sources;
using Microsoft.Extensions.Options;

namespace Cluster.Storage.Tests.Sources;

/// <summary>Files under the data roots, and nothing beside them.</summary>
public sealed class SourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("data-roots").FullName;
    private readonly string _root;

    public SourceTests()
    {
        _root = Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;
        Directory.CreateDirectory(Path.Combine(_root, "sub"));
        Directory.CreateDirectory(Path.Combine(_folder, "root-beside"));
        foreach (var name in (string[])["root/a b.csv", "root/sub/b.csv", "secret.csv", "root-beside/c.csv"])
            File.WriteAllText(Path.Combine(_folder, name), "x,y\n1,2\n");
        File.WriteAllText(Path.Combine(_root, "empty.csv"), "");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("file:a b.csv")]
    [InlineData("file:a%20b.csv")]
    [InlineData("file:sub/b.csv")]
    [InlineData("file:sub/../a b.csv")]
    [InlineData("file:ROOT/a b.csv")]
    [InlineData("file://ROOT/sub/b.csv")]
    [InlineData("FILE:ROOT/sub/b.csv")]
    public async Task Open_FileUnderARoot_IsRead(string uri)
    {
        using var sources = Sources(_root);
        using var source = await sources.OpenAsync(Csv(uri.Replace("ROOT", _root, StringComparison.Ordinal)), Ct);
        using var reader = source.Read(new DataLimits());

        Assert.Equal(1, reader.ReadAll(Ct).Rows);
        Assert.Equal((8, 8), (source.Bytes, source.BytesRead));
    }

    [Theory]
    [InlineData("file:../secret.csv", "is not under a data root")]
    [InlineData("file:%2e%2e/secret.csv", "is not under a data root")]
    [InlineData("file:FOLDER/secret.csv", "is not under a data root")]
    [InlineData("file:FOLDER/root-beside/c.csv", "is not under a data root")]
    [InlineData("file:/etc/passwd", "is not under a data root")]
    [InlineData("file:FOLDER/none.csv", "is not under a data root")]
    [InlineData("file:none.csv", "there is no file 'none.csv'")]
    [InlineData("file:sub", "there is no file 'sub'")]
    [InlineData("file:empty.csv", "'empty.csv' is empty")]
    [InlineData("file://host/a.csv", "names a host")]
    [InlineData("file:////host/share/a.csv", "names a host")]
    [InlineData("file:%2f%2fhost/share/a.csv", "names a host")]
    [InlineData("file:\\\\host\\share\\a.csv", "names a host")]
    [InlineData("file:%5c%5c.%5cpipe%5cx", "names a host")]
    [InlineData("file:/\\host/a.csv", "names a host")]
    [InlineData("file:sub/../../secret.csv", "is not under a data root")]
    [InlineData("file:sub/%2e%2e/%2e%2e/secret.csv", "is not under a data root")]
    [InlineData("file:/proc/self/environ", "is not under a data root")]
    [InlineData("file:/root/secret/x", "is not under a data root")]
    [InlineData("file:/dev/zero", "is not under a data root")]
    [InlineData("file:~/x", "there is no file '~/x'")]
    [InlineData("file:$HOME/x", "there is no file '$HOME/x'")]
    [InlineData("file:$(id)", "there is no file '$(id)'")]
    [InlineData("file:", "names no file")]
    [InlineData("file:x%00/../../secret.csv", "names no file")]
    [InlineData("file:a%00b", "names no file")]
    public async Task Open_AnyOtherFile_IsRefusedWithTheReason(string uri, string expected)
        => Assert.Contains(expected, await RefusedAsync(Sources(_root), uri.Replace("FOLDER", _folder, StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact]
    public async Task Open_LinkOutOfTheRoot_IsRefusedAndOneWithinIsRead()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "out.csv"), Path.Combine(_folder, "secret.csv"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "folder"), _folder);
        File.CreateSymbolicLink(Path.Combine(_root, "in.csv"), "sub/b.csv");
        File.CreateSymbolicLink(Path.Combine(_root, "circle"), Path.Combine(_root, "circle"));
        using var sources = Sources(_root);

        Assert.Contains("is not under a data root", await RefusedAsync(sources, "file:out.csv"), StringComparison.Ordinal);
        Assert.Contains("is not under a data root", await RefusedAsync(sources, "file:folder/secret.csv"), StringComparison.Ordinal);
        Assert.Contains("too many links", await RefusedAsync(sources, "file:circle/x.csv"), StringComparison.Ordinal);
        (await sources.OpenAsync(Csv("file:in.csv"), Ct)).Dispose();
        (await sources.OpenAsync(Csv("file:folder/root/sub/b.csv"), Ct)).Dispose();
    }

    [Theory]
    [InlineData("circle")]
    [InlineData("closed")]
    public async Task Open_OutsideWhateverIsThere_SaysTheSame(string name)
    {
        var outside = Path.Combine(_folder, name);
        if (name == "circle") File.CreateSymbolicLink(outside, outside);
        else Directory.CreateDirectory(outside);
        if (name == "closed" && !OperatingSystem.IsWindows()) File.SetUnixFileMode(outside, UnixFileMode.None);
        var uri = $"file:{outside}/x.csv";

        Assert.Equal($"'{outside}/x.csv' is not under a data root; the roots are {_root}", await RefusedAsync(Sources(_root), uri));
    }

    [Fact]
    public async Task Open_DeviceOrPipeUnderARoot_IsRefusedAtOnce()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "zero.csv"), "/dev/zero");
        File.CreateSymbolicLink(Path.Combine(_root, "environ.csv"), "/proc/self/environ");
        using var sources = Sources(_root);

        Assert.Contains("is not under a data root", await RefusedAsync(sources, "file:zero.csv"), StringComparison.Ordinal);
        Assert.Contains("is not under a data root", await RefusedAsync(sources, "file:environ.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_RootThatIsALink_IsARoot()
    {
        var link = Path.Combine(_folder, "link");
        Directory.CreateSymbolicLink(link, _root);
        using var sources = Sources(link);

        (await sources.OpenAsync(Csv("file:sub/b.csv"), Ct)).Dispose();
        (await sources.OpenAsync(Csv($"file:{link}/sub/b.csv"), Ct)).Dispose();
    }

    [Fact]
    public async Task Open_NothingConfigured_SaysSo()
    {
        using var sources = new DataSources(Options.Create(new DataSourceOptions()));

        Assert.Equal("this cluster reads no files by itself: no data root is configured (Data:Roots)", await RefusedAsync(sources, "file:x.csv"));
        Assert.Equal("this cluster reads from no server: no host is allowed (Data:Hosts)", await RefusedAsync(sources, "https://example.org/x.csv"));
    }

    [Fact]
    public async Task Open_LibSvmWithoutFeatures_LooksForTheHighestIndex()
    {
        await File.WriteAllTextAsync(Path.Combine(_root, "x.svm"), "1 2:1 7:1\n0 3:1\n", Ct);
        using var sources = Sources(_root);
        using var source = await sources.OpenAsync(new DataImport { Source = "file:x.svm", Format = DataFormats.LibSvm }, Ct);
        using var reader = source.Read(new DataLimits());

        Assert.Equal((7, 2), (reader.Schema.Features.Count, reader.ReadAll(Ct).Rows));
    }

    private static DataSources Sources(string root)
    {
        var options = new DataSourceOptions();
        options.Roots.Add(root);
        return new DataSources(Options.Create(options));
    }

    private static DataImport Csv(string uri) => new() { Source = uri, Label = "y" };

    private static async Task<string> RefusedAsync(DataSources sources, string uri)
        => (await Assert.ThrowsAsync<DataFormatException>(() => sources.OpenAsync(Csv(uri), Ct))).Message;
}
