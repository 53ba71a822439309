using System.CommandLine;
using Cluster.Client;
using Cluster.TestCoordinator;

namespace Cluster.Cli.Tests;

/// <summary>The command line inside a program that brings its own cluster, options and commands.</summary>
public sealed class EmbeddedClusterTests
{
    private static readonly Option<int> Workers = new("--workers") { DefaultValueFactory = _ => 2, Description = "Workers to start." };

    [Fact]
    public async Task InvokeAsync_OptionsBeforeTheCommand_ReachTheLocator()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var workers = 0;
        var host = Host((parsed, _) =>
        {
            workers = parsed.GetValue(Workers);
            return ValueTask.FromResult(new ClusterConnection(coordinator.Address, ScriptedCoordinator.Key));
        });

        var exitCode = await InvokeAsync(host, "--workers", "3", "pi", "--points", "1e9", "--json");

        Assert.Equal((0, 3), (exitCode, workers));
        Assert.Contains("\"inside\":1572", host.Output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pi --points 0")]
    [InlineData("pi --help")]
    [InlineData("--version")]
    [InlineData("demo")]
    [InlineData("pi --address http://h:1")]
    [InlineData("pi --detach")]
    public async Task InvokeAsync_NoClusterNeeded_StartsNone(string commandLine)
    {
        var started = false;
        var host = Host((_, _) =>
        {
            started = true;
            throw new InvalidOperationException("must not start");
        });

        await InvokeAsync(host, commandLine.Split(' '));

        Assert.False(started);
    }

    [Fact]
    public async Task InvokeAsync_OwnCommand_RunsAndIsInTheHelp()
    {
        var host = Host((_, _) => throw new InvalidOperationException("must not start"));

        Assert.Equal(7, await InvokeAsync(host, "demo"));
        Assert.Equal(0, await InvokeAsync(host, "--help"));
        Assert.Contains("standalone [command]", host.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains("demo", host.Output.ToString(), StringComparison.Ordinal);
    }

    private static CommandLineHost Host(ClusterLocator locator) => CliRun.Host([]) with { EmbeddedCluster = locator, CommandName = "standalone" };

    private static Task<int> InvokeAsync(CommandLineHost host, params string[] args)
    {
        var root = ClusterCommandLine.CreateRoot(host);
        root.Options.Add(Workers);
        var demo = new Command("demo", "Show it.");
        demo.SetAction(_ => 7);
        root.Subcommands.Add(demo);
        return ClusterCommandLine.InvokeAsync(root, args, host, TestContext.Current.CancellationToken);
    }
}
