using Cluster.AppHost.CommandLine;

namespace Cluster.AppHost.Tests;

public sealed class AppHostCommandTests
{
    [Fact]
    public void Parse_NoArguments_GivesDefaults()
    {
        var options = Parse();

        Assert.Equal((2, 0, 1), (options.Workers, options.GpuWorkers, options.ParameterStores));
        Assert.Equal((null, false, false), (options.Servers, options.RequireServers, options.IsEphemeral));
        Assert.Equal((null, null), (options.DataDirectory, options.StateFile));
        Assert.Empty(options.AspireArguments);
        Assert.False(options.IsPublishing);
    }

    [Fact]
    public void Parse_EveryOption_IsTaken()
    {
        var options = Parse("--workers", "64", "--parameter-stores=63", "--gpu-workers", "2", "--servers", "executables", "--require-servers", "--data-dir",
            "data", "--state-file", "state.json");

        Assert.Equal((64, 2, 63), (options.Workers, options.GpuWorkers, options.ParameterStores));
        Assert.Equal((ServerKind.Executables, true), (options.Servers, options.RequireServers));
        Assert.Equal((Path.GetFullPath("data"), Path.GetFullPath("state.json")), (options.DataDirectory, options.StateFile));
    }

    [Fact]
    public void Parse_FlagBeforeAnOption_TakesNoValueOfIt()
    {
        var options = Parse("--ephemeral", "--workers", "3");

        Assert.Equal((true, 3), (options.IsEphemeral, options.Workers));
    }

    [Fact]
    public void Parse_ArgumentsOfAspire_PassThroughWithTheirValues()
    {
        var options = Parse("--operation", "publish", "--workers", "3", "--publisher=manifest", "--output-path", "m.json", "--Parameters:cluster-key=x",
            "DcpPublisher:RandomizePorts=true");

        Assert.Equal(["--operation", "publish", "--publisher=manifest", "--output-path", "m.json", "--Parameters:cluster-key=x",
            "DcpPublisher:RandomizePorts=true"], options.AspireArguments);
        Assert.Equal(3, options.Workers);
        Assert.True(options.IsPublishing);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("2.5")]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("99999999999999999999")]
    public void Parse_WrongCount_NamesOptionValueAndLimit(string value) => Assert.All(["--workers", "--parameter-stores"], option =>
        Assert.Equal($"{option}: '{value}' is not an integer from 1 to 64", Refused(option, value)));

    [Theory]
    [InlineData("--gpu-workers: '65' is not an integer from 0 to 64", "--gpu-workers", "65")]
    [InlineData("--workers: a value is missing", "--workers")]
    [InlineData("--worker: unknown option; --help lists them", "--worker", "3")]
    [InlineData("--require-processes: unknown option; --help lists them", "--require-processes")]
    [InlineData("three: unexpected argument; --help lists the options", "three")]
    [InlineData("--servers: 'docker' is not containers, executables or embedded", "--servers", "docker")]
    [InlineData("--workers: given 2 times: must be given once", "--workers", "1", "--workers", "2")]
    [InlineData("--ephemeral: cannot be given with --data-dir: it keeps nothing", "--ephemeral", "--data-dir", "x")]
    [InlineData("--require-servers: cannot be given with --servers embedded: that has none", "--require-servers", "--servers", "embedded")]
    [InlineData("--data-dir: '' is not a path", "--data-dir", "")]
    [InlineData("--state-file: '/' is a directory, not the path of a file", "--state-file", "/")]
    public void Parse_WrongOption_SaysWhatIsWrong(string message, params string[] args) => Assert.Equal(message, Refused(args));

    [Fact]
    public void Parse_StateFileThatHoldsSomethingElse_IsRefused()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "somebody's notes");
        try
        {
            Assert.Equal($"--state-file: '{file}' holds something that is no cluster's state; name another file", Refused("--state-file", file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Parse_Help_ListsEveryOptionAndEndsWell()
    {
        using var output = new StringWriter();

        Assert.Null(AppHostCommand.Parse(["--help"], output, TextWriter.Null, out var exitCode));

        Assert.Equal(ExitCodes.Ok, exitCode);
        Assert.All(["--workers", "--gpu-workers", "--parameter-stores", "--servers", "--require-servers", "--ephemeral", "--data-dir", "--state-file"],
            option => Assert.Contains(option, output.ToString(), StringComparison.Ordinal));
    }

    private static AppHostOptions Parse(params string[] args)
    {
        var options = AppHostCommand.Parse(args, TextWriter.Null, TextWriter.Null, out var exitCode);
        Assert.Equal(ExitCodes.Ok, exitCode);
        return Assert.IsType<AppHostOptions>(options);
    }

    private static string Refused(params string[] args)
    {
        using var error = new StringWriter();
        Assert.Null(AppHostCommand.Parse(args, TextWriter.Null, error, out var exitCode));
        Assert.Equal(ExitCodes.WrongOption, exitCode);
        return Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)).TrimEnd();
    }
}
