using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Data;

namespace Cluster.AppHost.Tests;

public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("cluster-aspire-test-").FullName, "data");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void Secret_OpenedAgain_IsTheSameAndTheOwnersAlone()
    {
        string first;
        using (var data = DataFolder.Open(_path, isEphemeral: false)) first = data.Secret("cluster-key");

        using var again = DataFolder.Open(_path, isEphemeral: false);
        Assert.Equal(first, again.Secret("cluster-key"));
        Assert.NotEqual(first, again.Secret("redis-password"));
        Assert.Equal(43, first.Length);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(_path, "secrets", "cluster-key")));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_path));
    }

    [Fact]
    public void Open_FolderInUse_IsRefusedByName()
    {
        using var data = DataFolder.Open(_path, isEphemeral: false);

        var refused = Assert.Throws<AppHostException>(() => DataFolder.Open(_path, isEphemeral: false));

        Assert.Equal($"data folder {_path}: is in use by another app host; stop that one, or name another folder with --data-dir, or start with --ephemeral",
            refused.Message);
    }

    [Fact]
    public void Open_FolderOfAnotherVersion_IsRefusedByNameAndLeftAlone()
    {
        DataFolder.Open(_path, isEphemeral: false).Dispose();
        File.WriteAllText(Path.Combine(_path, "format"), "2\n");

        var refused = Assert.Throws<AppHostException>(() => DataFolder.Open(_path, isEphemeral: false));

        Assert.Equal($"data folder {_path}: is of version '2', and this app host reads version 1; name another with --data-dir", refused.Message);
        Assert.Equal("2\n", File.ReadAllText(Path.Combine(_path, "format")));
    }

    [Fact]
    public void Open_FolderOfSomethingElse_IsRefusedByNameAndLeftAlone()
    {
        Directory.CreateDirectory(_path);
        File.WriteAllText(Path.Combine(_path, "thesis.txt"), "mine");

        var refused = Assert.Throws<AppHostException>(() => DataFolder.Open(_path, isEphemeral: false));

        Assert.Equal($"data folder {_path}: holds something that is no cluster's data; name an empty or a new one with --data-dir", refused.Message);
        Assert.Single(Directory.EnumerateFileSystemEntries(_path));
    }

    [Fact]
    public void Dispose_EphemeralFolder_RemovesIt()
    {
        var data = DataFolder.Open(new AppHostOptions { IsEphemeral = true });
        data.Secret("cluster-key");
        Assert.True(Directory.Exists(data.Path));

        data.Dispose();

        Assert.False(Directory.Exists(data.Path));
    }

    [Fact]
    public void DefaultPath_TwoCheckoutsOfOneName_HaveFoldersOfTheirOwn()
    {
        var one = DataFolder.DefaultPath("/home/ada/Cluster.Aspire/AppHost");
        var other = DataFolder.DefaultPath("/home/ada/fork/Cluster.Aspire/AppHost");

        Assert.StartsWith("Cluster.Aspire-", Path.GetFileName(one), StringComparison.Ordinal);
        Assert.NotEqual(one, other);
        Assert.Equal(one, DataFolder.DefaultPath("/home/ada/Cluster.Aspire/AppHost/"));
    }
}
