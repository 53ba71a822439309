using Cluster.EndToEnd.Processes;

namespace Cluster.EndToEnd;

/// <summary>Standalone as a process: it needs nothing but .NET, so these tests are never skipped.</summary>
public sealed class StandaloneTests
{
    private const int TestLimit = 180_000;
    private static readonly string[] KnownAnswer = ["--workers", "3", "pi", "--points", "16777216", "--seed", "42", "--json"];

    [Fact(Timeout = TestLimit)]
    public async Task Pi_KnownAnswer_IsOneLineOfJson() => CommandLineTests.AssertKnownAnswer(await RunAsync());

    [Fact(Timeout = TestLimit)]
    public async Task Pi_TwoSideBySide_DoNotCollide()
        => Assert.All(await Task.WhenAll(RunAsync(), RunAsync()), CommandLineTests.AssertKnownAnswer);

    private static Task<CommandAnswer> RunAsync() => CommandProcess.RunAsync(
        "services/Standalone/Standalone.csproj", KnownAnswer, new Dictionary<string, string>(), TestContext.Current.CancellationToken);
}
