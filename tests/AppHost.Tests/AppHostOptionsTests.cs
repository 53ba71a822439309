namespace Cluster.AppHost.Tests;

public sealed class AppHostOptionsTests
{
    [Fact]
    public void Parse_NoArguments_GivesDefaults()
    {
        var options = Parse();

        Assert.Equal(2, options.Workers);
        Assert.Equal(1, options.ParameterStores);
        Assert.Null(options.Runner);
        Assert.Null(options.StateFile);
        Assert.False(options.RequireProcesses);
        Assert.False(options.ShowHelp);
    }

    [Fact]
    public void Parse_EveryOption_IsTaken()
    {
        var options = Parse("--workers", "64", "--parameter-stores=63", "--runner=local", "--state-file", "/tmp/state.json", "--require-processes", "--help");

        Assert.Equal(64, options.Workers);
        Assert.Equal(63, options.ParameterStores);
        Assert.Equal(Runner.Local, options.Runner);
        Assert.Equal("/tmp/state.json", options.StateFile);
        Assert.True(options.RequireProcesses);
        Assert.True(options.ShowHelp);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("2.5")]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("99999999999999999999")]
    public void Parse_WrongCount_NamesOptionValueAndLimit(string value)
    {
        Assert.All(["--workers", "--parameter-stores"], option =>
        {
            var error = Assert.Throws<FormatException>(() => Parse(option, value));
            Assert.Equal($"{option}: '{value}' is not an integer from 1 to 64", error.Message);
        });
    }

    [Theory]
    [InlineData("--runner: 'docker' is neither aspire nor local", "--runner", "docker")]
    [InlineData("--workers: a value is missing", "--workers")]
    [InlineData("--parameter-stores: a value is missing", "--parameter-stores")]
    [InlineData("'--coordinators' is not an option; --help lists them", "--coordinators", "2")]
    [InlineData("'--require-processes=no' is not an option; --help lists them", "--require-processes=no")]
    [InlineData("--state-file: '' is not the path of a file", "--state-file", "")]
    [InlineData("--state-file: '/' is a directory, not the path of a file", "--state-file", "/")]
    public void Parse_WrongOption_SaysWhichAndWhy(string message, params string[] args)
    {
        Assert.Equal(message, Assert.Throws<FormatException>(() => Parse(args)).Message);
    }

    [Fact]
    public void Parse_EngineTakesOthers_HandsThemOnInOrder()
    {
        var options = AppHostOptions.Parse(["--operation", "publish", "--workers", "5", "--output-path", "out"], engineTakesOthers: true);

        Assert.Equal(5, options.Workers);
        Assert.Equal(["--operation", "publish", "--output-path", "out"], options.EngineArguments);
    }

    private static AppHostOptions Parse(params string[] args) => AppHostOptions.Parse(args, engineTakesOthers: false);
}
