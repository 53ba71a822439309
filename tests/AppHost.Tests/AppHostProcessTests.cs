using System.Diagnostics;
using Cluster.AppHost.Tests.Processes;
using Cluster.LocalHosting.Processes;
using Cluster.LocalHosting.Running;

namespace Cluster.AppHost.Tests;

/// <summary>The app host's own program, in its local flavour.</summary>
public sealed class AppHostProcessTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--workers: '0' is not an integer from 1 to 64", "--workers", "0")]
    [InlineData("--runner: 'here' is neither aspire nor local", "--runner", "here")]
    [InlineData("--parameter-stores: '65' is not an integer from 1 to 64", "--parameter-stores", "65")]
    [InlineData("'--coordinators' is not an option; --help lists them", "--coordinators", "2")]
    public async Task Main_WrongOption_PrintsOneLineAndEndsWithTwo(string message, params string[] args)
    {
        var (exitCode, output, error) = await RunAsync(args);

        Assert.Equal(2, exitCode);
        Assert.Equal(message, error.TrimEnd());
        Assert.Empty(output);
    }

    [Fact]
    public async Task Main_Help_ListsEveryOption()
    {
        var (exitCode, output, error) = await RunAsync("--help");

        Assert.Equal(0, exitCode);
        Assert.Empty(error);
        Assert.All(["--workers", "--parameter-stores", "--runner", "--state-file", "--require-processes"], option => Assert.Contains(option, output, StringComparison.Ordinal));
    }

    /// <summary>A state file is replaced at the start and removed at the end, so another file must not become one.</summary>
    [Fact]
    public async Task Main_StateFileIsSomethingElse_IsRefusedAndStays()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("cluster-aspire-test-").FullName, "notes.txt");
        await File.WriteAllTextAsync(path, "notes", _ct);

        var (exitCode, output, error) = await RunAsync("--runner", "local", "--state-file", path);

        Assert.NotEqual(0, exitCode);
        Assert.Empty(output);
        Assert.StartsWith($"--state-file: '{path}' holds something that is no cluster's state; name another file", error, StringComparison.Ordinal);
        Assert.Equal("notes", await File.ReadAllTextAsync(path, _ct));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(ExecutablePath.Dotnet(), [Assembly(), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
        var output = process.StandardOutput.ReadToEndAsync(_ct);
        var error = process.StandardError.ReadToEndAsync(_ct);
        await process.WaitForExitAsync(_ct).WaitAsync(RunnerProcess.Limit, _ct);
        return (process.ExitCode, await output, await error);
    }

    private static string Assembly()
    {
        try
        {
            return ProjectOutput.Find("AppHost/AppHost.csproj");
        }
        catch (LocalHostingException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }
}
