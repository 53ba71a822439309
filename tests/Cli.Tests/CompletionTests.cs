using System.Diagnostics;

namespace Cluster.Cli.Tests;

public sealed class CompletionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cluster ", "pi", "train", "jobs", "job", "watch", "cancel", "tasks", "drain", "spec", "completion", "--help")]
    [InlineData("cluster p", "pi", "price")]
    [InlineData("cluster price --kind a", "asian")]
    [InlineData("cluster pi --", "--points", "--seed", "--device", "--cancel-on-exit", "--json", "--address")]
    [InlineData("cluster pi --po", "--points")]
    [InlineData("cluster tr", "train")]
    [InlineData("cluster train ", "linear")]
    [InlineData("cluster train linear --", "--data", "--label", "--mode", "--lanes", "--batch", "--epochs", "--optimizer", "--learning-rate", "--detach")]
    [InlineData("cluster train linear --mode ", "sync", "async")]
    [InlineData("cluster train linear --optimizer a", "adagrad")]
    [InlineData("cluster completion ", "bash", "zsh", "fish", "pwsh")]
    public async Task Suggest_LineSoFar_OffersWhatFits(string line, params string[] expected)
    {
        var run = await CliRun.RunAsync($"[suggest:{line.Length}]", line);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Subset(run.Output.Split('\n').ToHashSet(), expected.ToHashSet());
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _cluster cluster")]
    [InlineData("zsh", "#compdef cluster")]
    [InlineData("fish", "complete -c cluster")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Completion_Shell_WritesAScriptThatAsksTheProgram(string shell, string expected)
    {
        var run = await CliRun.RunAsync("completion", shell);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.Contains("[suggest:", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cluster pi --po", "--points")]
    [InlineData("cluster can", "cancel")]
    [InlineData("cluster completion f", "fish")]
    [InlineData("cluster train l", "linear")]
    public async Task Completion_InBash_CompletesTheWord(string line, string expected)
    {
        if (!File.Exists("/bin/bash")) Assert.Skip("bash is not installed");
        var script = $$"""
            cluster() { dotnet '{{ProgramRun.Path}}' "$@"; }
            source <(cluster completion bash)
            COMP_LINE='{{line}}'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _cluster
            printf '%s\n' "${COMPREPLY[@]}"
            """;

        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardOutput = true })!;
        var output = await bash.StandardOutput.ReadToEndAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        await bash.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);

        Assert.Equal(expected + "\n", output);
    }
}
