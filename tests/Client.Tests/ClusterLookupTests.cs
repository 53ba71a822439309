using Cluster.Client.Discovery;
using Cluster.Client.Errors;
using Cluster.Client.State;

namespace Cluster.Client.Tests;

public sealed class ClusterLookupTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cluster-lookup-");
    private readonly Dictionary<string, string> _environment = [];
    private readonly List<ClusterState> _live = [];

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Find_NothingRuns_SaysHowToStartOne()
    {
        var error = Assert.Throws<ClusterNotFoundException>(() => Lookup().Find());

        Assert.StartsWith("no cluster is running here; start one with `dotnet run --project AppHost`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_OneRuns_TakesIt()
    {
        _live.Add(State("http://127.0.0.1:1"));

        var found = Lookup().Find();

        Assert.Equal((new Uri("http://127.0.0.1:1"), "key"), (found.Address, found.Key));
    }

    [Fact]
    public void Find_SeveralRun_ListsThem()
    {
        _live.Add(State("http://127.0.0.1:1", 11));
        _live.Add(State("http://127.0.0.1:2", 22));

        var error = Assert.Throws<ClusterSettingException>(() => Lookup().Find());

        Assert.Contains("--state-file", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{ClusterStateFile.DefaultPath(11)} (http://127.0.0.1:1)", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{ClusterStateFile.DefaultPath(22)} (http://127.0.0.1:2)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_AllPlacesNamed_GoesByTheirOrder()
    {
        _live.Add(State("http://h:5"));
        Assert.Equal("http://h:5/", Lookup().Find().ToString());

        _environment[ClusterLookup.StateFileVariable] = Write("http://h:4");
        Assert.Equal("http://h:4/", Lookup().Find().ToString());

        _environment[ClusterLookup.AddressVariable] = "http://h:3";
        _environment[ClusterLookup.KeyVariable] = "key";
        Assert.Equal("http://h:3/", Lookup().Find().ToString());
        Assert.Equal("http://h:2/", Lookup().Find(stateFile: Write("http://h:2")).ToString());
        Assert.Equal("http://h:1/", Lookup().Find("http://h:1").ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("h:1")]
    [InlineData("localhost")]
    [InlineData("ftp://h:1")]
    [InlineData("http://h:1/path")]
    [InlineData("http://user@h:1")]
    [InlineData("http://h:1?x")]
    public void Find_WrongAddress_NamesSettingValueAndForm(string address)
    {
        var error = Assert.Throws<ClusterSettingException>(() => Lookup().Find(address));

        Assert.Equal($"address: {address}: must be of the form http://host:port", error.Message);
    }

    [Fact]
    public void Find_AddressWithoutAKey_NamesTheVariable()
        => Assert.Equal(ClusterLookup.KeyVariable, Assert.Throws<ClusterSettingException>(() => Lookup().Find("http://h:1")).Setting);

    [Fact]
    public void Find_KeyThatNoHeaderCarries_IsRefusedUnshown()
    {
        _environment[ClusterLookup.KeyVariable] = "secret\n";

        var error = Assert.Throws<ClusterSettingException>(() => Lookup().Find("http://h:1"));

        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("null")]
    public void FromStateFile_NoneOrBroken_NamesTheFile(string? content)
    {
        var path = Path.Combine(_directory.FullName, "state.json");
        if (content is not null) File.WriteAllText(path, content);

        var error = Assert.Throws<ClusterNotFoundException>(() => ClusterLookup.FromStateFile(path));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromStateFile_AddressThatIsNone_NamesTheFile()
        => Assert.Throws<ClusterNotFoundException>(() => ClusterLookup.FromStateFile(Write("nowhere")));

    [Fact]
    public void ToString_OfConnection_HidesTheKey()
        => Assert.DoesNotContain("secret", new ClusterConnection(new Uri("http://h:1"), "secret").ToString(), StringComparison.Ordinal);

    [Fact]
    public void Connect_OptionOutOfRange_Throws()
        => Assert.Throws<ArgumentOutOfRangeException>(() =>
        ClusterClient.Connect(new Uri("http://h:1"), "key", new ClusterClientOptions { CallTimeout = TimeSpan.Zero }));

    private static ClusterState State(string coordinator, int runnerPid = 1) => new()
    {
        Key = "key",
        Coordinator = coordinator,
        StartedAt = DateTimeOffset.UnixEpoch,
        RunnerPid = runnerPid,
        Resources = [],
        ConnectionStrings = new Dictionary<string, string>(),
    };

    private ClusterLookup Lookup() => new(_environment.GetValueOrDefault, () => _live);

    private string Write(string coordinator)
    {
        var path = Path.Combine(_directory.FullName, $"{Guid.NewGuid():N}.json");
        ClusterStateFile.Write(path, State(coordinator));
        return path;
    }
}
