namespace Cluster.Cli.Tests.Parsing;

public sealed class UsageTests
{
    private const string WholeNumber = "must be a whole number from 1 to 1000000000000000, such as 1000000, 1_000_000 or 1e6";

    [Theory]
    [InlineData("pi --points 0", "--points: 0: must be from 1 to 1000000000000000")]
    [InlineData("pi --points -5", "--points: -5: must be from 1 to 1000000000000000")]
    [InlineData("pi --points=1e16", "--points: 1e16: must be from 1 to 1000000000000000")]
    [InlineData("pi --points 1e99999999", "--points: 1e99999999: must be from 1 to 1000000000000000")]
    [InlineData("pi --points abc", $"--points: abc: {WholeNumber}")]
    [InlineData("pi --points 1.5", $"--points: 1.5: {WholeNumber}")]
    [InlineData("pi --points --json", $"--points: --json: {WholeNumber}")]
    [InlineData("pi --points", "--points: a value is missing")]
    [InlineData("pi --points 1 --points 2", "--points: given 2 times: must be given once")]
    [InlineData("pi --seed -1", "--seed: -1: must be from 0 to 18446744073709551615")]
    [InlineData("pi --seed 18446744073709551616", "--seed: 18446744073709551616: must be from 0 to 18446744073709551615")]
    [InlineData("pi --device gpu", "--device: gpu: device spec 'gpu' must start with '/', as in /job:worker/task:0/cpu:0")]
    [InlineData("pi --device /tpu:0", "--device: /tpu:0: device spec '/tpu:0': part 'tpu:0' at position 1: 'tpu' is none of job, replica, task, device, cpu, "
        + "gpu")]
    [InlineData("pi --pionts 100", "--pionts: unknown option; did you mean --points?")]
    [InlineData("pi --jsno", "--jsno: unknown option; did you mean --json?")]
    [InlineData("pi --quite-unlike", "--quite-unlike: unknown option")]
    [InlineData("pi extra", "extra: unexpected argument")]
    [InlineData("pi @file", "@file: unexpected argument")]
    [InlineData("pii", "pii: unknown command; did you mean pi?")]
    [InlineData("wacth 1", "wacth: unknown command; did you mean watch?")]
    [InlineData("frobnicate", "frobnicate: unknown command")]
    [InlineData("", "a command is missing; cluster --help lists them")]
    [InlineData("job", "ID: is missing")]
    [InlineData("job a b", "b: unexpected argument")]
    [InlineData("jobs --limit 1001", "--limit: 1001: must be from 1 to 1000")]
    [InlineData("completion tcsh", "SHELL: tcsh: must be one of bash, zsh, fish, pwsh")]
    [InlineData("jobs --address localhost", "--address: localhost: must be of the form http://host:port")]
    [InlineData("jobs --address http://h:1 --state-file f", "--state-file: f: cannot be given with --address")]
    [InlineData("jobs --address http://h:1", "CLUSTER_KEY: not set: must hold the key of the cluster at http://h:1")]
    public async Task RunAsync_WrongCommandLine_IsOneLineAndCode2(string commandLine, string expected)
    {
        var run = await CliRun.RunAsync(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal((2, "", expected + "\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task RunAsync_SeveralWrongValues_ListsThemAll()
    {
        var run = await CliRun.RunAsync("pi", "--points", "0", "--seed", "x", "--device", "y", "--jsno");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(["--jsno", "--points", "--seed", "--device"], run.ErrorLines.Select(l => l.Split(':')[0]));
    }

    [Fact]
    public async Task RunAsync_ReasonTooLong_NamesItsLength()
    {
        var run = await CliRun.RunAsync("cancel", "1", "--reason", new string('x', 201));

        Assert.Equal((2, "--reason: 201 characters: must have at most 200\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task RunAsync_ValueWithLineBreak_StaysOneLine()
    {
        var run = await CliRun.RunAsync("pi", "--points", "1\n2");

        Assert.Equal(2, run.ExitCode);
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public async Task RunAsync_Version_IsTheCommandsOwn()
    {
        var run = await CliRun.RunAsync("--version");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"\Acluster \d+\.\d+\.\d+\n\z", run.Output);
    }

    [Theory]
    [InlineData("--help", "completion")]
    [InlineData("pi --help", "cluster pi --points 1e9 --seed 42")]
    [InlineData("pi --points 0 -h", "--log-device-placement")]
    [InlineData("cancel --help", "--reason")]
    public async Task RunAsync_Help_ShowsUseExamplesAndEveryExitCode(string commandLine, string expected)
    {
        var run = await CliRun.RunAsync(commandLine.Split(' '));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        foreach (var code in Enum.GetValues<ExitCode>()) Assert.Matches($@"\n +{(int)code} +\w", run.Output);
    }

    [Fact]
    public void CreateRoot_EveryCommand_HasADescriptionAndExamples()
    {
        var root = ClusterCommandLine.CreateRoot(CliRun.Host([]));

        Assert.All(root.Subcommands, c =>
        {
            Assert.NotEmpty(c.Description!);
            Assert.NotEmpty(Assert.IsType<Cli.Parsing.IHasExamples>(c, exactMatch: false).Examples);
            Assert.All(c.Options.Cast<System.CommandLine.Symbol>().Concat(c.Arguments), s => Assert.NotEmpty(s.Description!));
        });
    }
}
