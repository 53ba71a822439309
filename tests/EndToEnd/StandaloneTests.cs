using System.Text.Json;
using Cluster.Support.Processes;

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

    [Fact(Timeout = TestLimit)]
    public async Task Tasks_ThreeParameterStores_AreListed()
    {
        var answer = await RunAsync("--workers", "1", "--parameter-stores", "3", "tasks", "--json");

        Assert.True(answer.ExitCode == 0, answer.Error);
        using var tasks = JsonDocument.Parse(answer.Output);
        Assert.Equal(["/job:chief/task:0", "/job:ps/task:0", "/job:ps/task:1", "/job:ps/task:2", "/job:worker/task:0"],
            tasks.RootElement.EnumerateArray().Select(task => task.GetProperty("task").GetString()));
    }

    [Theory(Timeout = TestLimit)]
    [InlineData("0", "must be from 1 to 8", "pi")]
    [InlineData("9", "must be from 1 to 8", "demo")]
    [InlineData("two", "must be a whole number from 1 to 8, such as 1000000, 1_000_000 or 1e6", "serve")]
    public async Task Main_WrongParameterStores_NamesOptionValueAndLimit(string value, string limit, string command)
    {
        var answer = await RunAsync("--parameter-stores", value, command);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Output));
        Assert.Contains($"--parameter-stores: {value}: {limit}", answer.Error, StringComparison.Ordinal);
    }

    private static Task<CommandAnswer> RunAsync() => RunAsync(KnownAnswer);

    private static Task<CommandAnswer> RunAsync(params string[] arguments) => CommandProcess.RunAsync(
        "services/Standalone/Standalone.csproj", arguments, new Dictionary<string, string>(), TestContext.Current.CancellationToken);
}
