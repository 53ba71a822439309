using System.Diagnostics;
using Cluster.Support.Processes;
using Cluster.Support.Servers;

namespace Cluster.EndToEnd.Servers;

/// <summary>A child whose parent is gone, however it went: the kernel closes the pipe that the parent held.</summary>
public sealed class LifelineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wrap_ParentGone_KillsProgramWithItsDescendantsAndRemovesItsData()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the test reads /proc");
        var data = Directory.CreateTempSubdirectory("cluster-aspire-test-").FullName;
        string[] program = ["-c", "trap '' TERM; sleep 600 & echo begun; wait"];
        var command = Lifeline.Wrap("/bin/sh", program, data);
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = data,
        };
        using var process = Process.Start(start)!;
        Assert.Equal("begun", await process.StandardOutput.ReadLineAsync(_ct).AsTask().WaitAsync(Limit, _ct));
        // The program, what it started, and the watcher.
        Assert.Equal(3, ProcessTable.WorkingIn(data).Count());

        process.StandardInput.Close();

        await process.WaitForExitAsync(_ct).WaitAsync(Limit, _ct);
        Assert.Empty(await ProcessTable.LivingAfterAsync(() => ProcessTable.WorkingIn(data), Limit, _ct));
        Assert.False(Directory.Exists(data));
    }
}
