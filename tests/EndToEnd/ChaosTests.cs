using Cluster.Support.Processes;

namespace Cluster.EndToEnd;

/// <summary>A short run of the program behind <c>chaos.sh</c>: each kind of fault once, on a fixed seed.</summary>
public sealed class ChaosTests
{
    private const int TestLimit = 600_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(TestLimit - 20_000);

    [Fact(Timeout = TestLimit)]
    public async Task Run_EachKindOfFaultOnce_EverythingHolds()
    {
        InstalledServers.Require();
        var logs = Directory.CreateTempSubdirectory("cluster-aspire-test-");
        try
        {
            var answer = await CommandProcess.RunAsync("tests/Chaos/Chaos.csproj", ["--minutes", "0.3", "--seed", "1", "--logs", logs.FullName],
                new Dictionary<string, string>(), TestContext.Current.CancellationToken, Limit);

            TestContext.Current.TestOutputHelper?.WriteLine(answer.Output);
            Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
            Assert.Contains("everything held", answer.Output, StringComparison.Ordinal);
        }
        finally
        {
            logs.Delete(recursive: true);
        }
    }
}
