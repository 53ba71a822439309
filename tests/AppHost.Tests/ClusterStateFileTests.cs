using System.Diagnostics;
using Cluster.Client.State;

namespace Cluster.AppHost.Tests;

public sealed class ClusterStateFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _directory = Directory.CreateTempSubdirectory("cluster-aspire-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Write_State_IsReadBackAndTheOwnersAlone()
    {
        var path = Path.Combine(_directory, "new", "state.json");
        var state = State(Environment.ProcessId);

        ClusterStateFile.Write(path, state);

        Assert.Equivalent(state, ClusterStateFile.Read(path), strict: true);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
            Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        }
    }

    [Fact]
    public void Write_OverPublicFile_ReplacesItAndItsMode()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes");
            return;
        }

        var path = Path.Combine(_directory, "state.json");
        File.WriteAllText(path, "somebody's file");
        File.SetUnixFileMode(path, OwnerOnly | UnixFileMode.OtherRead);

        ClusterStateFile.Write(path, State(1));

        Assert.Equal(1, ClusterStateFile.Read(path).RunnerPid);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFiles(_directory));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"key\":null}")]
    public void Read_NoState_NamesTheFile(string text)
    {
        var path = Path.Combine(_directory, "state.json");
        File.WriteAllText(path, text);

        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => ClusterStateFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhyNotReplaceable_OnlyNothingAndEndedClusters_MayBeReplaced()
    {
        var (foreign, dead, living, own) = (InDirectory("foreign"), InDirectory("dead"), InDirectory("living"), InDirectory("own"));
        File.WriteAllText(foreign, "notes");
        ClusterStateFile.Write(dead, State(EndedProcess()));
        ClusterStateFile.Write(living, State(1) with { StartedAt = DateTimeOffset.UtcNow.AddMinutes(1) });
        ClusterStateFile.Write(own, State(Environment.ProcessId));

        Assert.Equal("holds something that is no cluster's state; name another file", ClusterStateFile.WhyNotReplaceable(foreign));
        Assert.Equal("is the state of a cluster that runs, process 1; name another file", ClusterStateFile.WhyNotReplaceable(living));
        Assert.All([dead, own, InDirectory("none")], path => Assert.Null(ClusterStateFile.WhyNotReplaceable(path)));

        string InDirectory(string name) => Path.Combine(_directory, name + ".json");
    }

    [Fact]
    public void FindLive_MixedDirectory_KeepsTheLivingAndRemovesTheDead()
    {
        var (living, dead, reused, foreign) = (File("living"), File("dead"), File("reused"), File("foreign"));
        ClusterStateFile.Write(living, State(Environment.ProcessId));
        ClusterStateFile.Write(dead, State(EndedProcess()));
        ClusterStateFile.Write(reused, State(Environment.ProcessId) with { StartedAt = DateTimeOffset.UtcNow.AddDays(-1) });
        System.IO.File.WriteAllText(foreign, "not ours");

        var found = ClusterStateFile.FindLive(_directory);

        Assert.Equal(Environment.ProcessId, Assert.Single(found).RunnerPid);
        Assert.Equal([foreign, living], Directory.GetFiles(_directory).Order());

        string File(string name) => Path.Combine(_directory, name + ".json");
    }

    [Fact]
    public void FindLive_NoDirectory_FindsNothing() =>
        Assert.Empty(ClusterStateFile.FindLive(Path.Combine(_directory, "none")));

    private static int EndedProcess()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.Id;
    }

    private static ClusterState State(int runner) => new()
    {
        Key = "key",
        Coordinator = "http://127.0.0.1:21000",
        StartedAt = DateTimeOffset.UtcNow,
        RunnerPid = runner,
        Resources = [new ClusterResource("worker", "worker-0", 17, new Dictionary<string, string> { ["http"] = "http://127.0.0.1:21001" }, 3)],
        ConnectionStrings = new Dictionary<string, string> { ["redis"] = "127.0.0.1:21002,password=x" },
    };
}
