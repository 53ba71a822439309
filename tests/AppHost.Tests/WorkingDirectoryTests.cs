using Cluster.AppHost.Tests.SupplyChain;

namespace Cluster.AppHost.Tests;

/// <summary>Programs keep the directory that they are called from: a relative path is one of the caller.</summary>
public sealed class WorkingDirectoryTests
{
    [Theory]
    [InlineData("services/Standalone")]
    [InlineData("services/Cli")]
    [InlineData("services/SelfTest")]
    [InlineData("services/Coordinator")]
    [InlineData("services/ParameterStore")]
    [InlineData("services/Worker")]
    [InlineData("AppHost")]
    public async Task Run_Project_HasNoDirectoryOfItsOwn(string project)
    {
        var (code, output) = await DotnetCommand.RunAsync(["msbuild", project, "-getProperty:RunWorkingDirectory"], TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (code, output.Trim()));
    }

    [Fact]
    public async Task Run_StandaloneFromAnotherFolder_FindsTheFileThere()
    {
        var folder = Directory.CreateTempSubdirectory("cluster-aspire-test-");
        try
        {
            await File.WriteAllLinesAsync(Path.Combine(folder.FullName, "m.csv"), ["x,y", "1,2", "2,4", "3,6", "4,8"], TestContext.Current.CancellationToken);

            var (code, output) = await DotnetCommand.RunAsync(
                ["run", "--no-build", "--project", Path.Combine(Testing.Repository.Root, "services", "Standalone"), "--", "train", "linear", "--data", "m.csv",
                "--label", "y", "--epochs", "5"],
                TestContext.Current.CancellationToken, folder.FullName);

            Assert.True(code == 0, output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
