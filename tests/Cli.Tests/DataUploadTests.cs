using System.Security.Cryptography;
using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs;
using Cluster.TestCoordinator;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

/// <summary><c>train linear --data</c>.</summary>
public sealed class DataUploadTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"cluster-{Guid.NewGuid():N}.csv");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Linear_Data_SendsTheFileAndTrainsOnIt()
    {
        await using var coordinator = await StartAsync();
        var content = RandomNumberGenerator.GetBytes(1_500_000);
        await File.WriteAllBytesAsync(_file, content, Token);

        var run = await CliRun.RunAsync(coordinator, "train", "linear", "--data", _file, "--label", "y");

        var parts = coordinator.Received<LoadRequest>();
        Assert.Equal("y", parts[0].Header.Label);
        Assert.All(parts.Skip(1), p => Assert.InRange(p.Content.Length, 1, 1 << 20));
        Assert.Equal(content, parts.Skip(1).SelectMany(p => p.Content.ToByteArray()));
        Assert.Equal(
            new V1.TrainingSpec
            {
                Model = "linear",
                Data = "data-1",
                Label = "y",
                Mode = "sync",
                Lanes = 8,
                Batch = 8,
                Epochs = 100,
                Optimizer = "adagrad",
                LearningRate = 0.5f,
                InitialAccumulator = 0.1f,
                LocalSteps = 1
            },
            Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training);
        Assert.Equal((0, $"{_file}: 3 rows, 1 feature; data set data-1"), (run.ExitCode, run.ErrorLines[0]));
    }

    [Fact]
    public async Task Linear_DataOnATerminal_ShowsHowFarItIs()
    {
        await using var coordinator = await StartAsync();
        await File.WriteAllTextAsync(_file, "x,y\n1,2\n", Token);

        var run = await CliRun.RunAsync(CliRun.Host(coordinator) with { IsErrorTerminal = true },
            ["train", "linear", "--data", _file, "--label", "y", "--json"], Token);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(Path.GetFileName(_file), run.Error, StringComparison.Ordinal);
        Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Linear_DataThatCannotBeUsed_IsOneLineWithRowAndColumnAndNoJob()
    {
        await using var coordinator = await StartAsync();
        await File.WriteAllTextAsync(_file, "x,y\nabc,2\n", Token);
        coordinator.Script.Load = (_, _) => throw SpecRejection.ToRpcException([new SpecViolation("data", "", "row 7, column 2 (x): 'abc' is not a number")]);

        var run = await CliRun.RunAsync(coordinator, "train", "linear", "--data", _file, "--label", "y");

        Assert.Equal((2, "", $"--data: {_file}: row 7, column 2 (x): 'abc' is not a number\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(coordinator.Received<V1.SubmitRequest>());
    }

    [Fact]
    public async Task Linear_DataRefusedBeforeItsEnd_SaysWhy()
    {
        await using var coordinator = await StartAsync();
        await File.WriteAllBytesAsync(_file, new byte[20_000_000], Token);
        coordinator.Script.Load = async (parts, _) =>
        {
            while (await parts.MoveNext(Token) && parts.Current.Content.Length == 0) continue;
            throw SpecRejection.ToRpcException([new SpecViolation("label", "y", "the file has no such column")]);
        };

        var run = await CliRun.RunAsync(coordinator, "train", "linear", "--data", _file, "--label", "y");

        Assert.Equal((2, "", "--label: y: the file has no such column\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData("another-key", ExitCode.Refused, "CLUSTER_KEY")]
    [InlineData(ScriptedCoordinator.Key, ExitCode.NoCluster, "no cluster answers")]
    public async Task Linear_DataNobodyTakes_IsOneLineAndItsExitCode(string key, ExitCode expected, string text)
    {
        await using var coordinator = await StartAsync();
        await File.WriteAllTextAsync(_file, "x,y\n1,2\n", Token);
        if (expected == ExitCode.NoCluster) await coordinator.DieAsync();

        var run = await CliRun.RunAsync(CliRun.Host(coordinator, key), ["train", "linear", "--data", _file, "--label", "y"], Token);

        Assert.Equal((expected, ""), (run.Exit, run.Output));
        Assert.Contains(text, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Linear_InterruptedWhileTheDataIsSent_EndsWithoutAJob()
    {
        await using var coordinator = await StartAsync();
        await File.WriteAllBytesAsync(_file, new byte[20_000_000], Token);
        using var source = new CancellationTokenSource();
        coordinator.Script.Load = async (parts, context) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            throw new RpcException(Status.DefaultCancelled);
        };

        var run = await CliRun.RunAsync(CliRun.Host(coordinator), ["train", "linear", "--data", _file, "--label", "y"], source.Token);

        Assert.Equal((130, "", "interrupted\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(coordinator.Received<V1.SubmitRequest>());
    }

    private static async Task<ScriptedCoordinator> StartAsync()
    {
        var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Submit = (_, _) => Task.FromResult(SampleTrainings.Pending());
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = SampleTrainings.Succeeded() });
        return coordinator;
    }
}
