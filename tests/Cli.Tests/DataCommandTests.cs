using System.Text.Json;
using Cluster.Contracts.Data.V1;
using Cluster.TestCoordinator;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

/// <summary><c>data add</c>, <c>list</c>, <c>show</c>, <c>remove</c>, and <c>train --data</c> with what they name.</summary>
public sealed class DataCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("data-command").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Add_Uri_HasTheClusterReadIt()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var run = await CliRun.RunAsync(coordinator, "data", "add", "clicks", "file:clicks.csv", "--label", "clicked", "--no-header", "--shared");

        Assert.Equal((0, "clicks: 3 rows, 1 feature, label y; data set data-1\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(
            new LoadHeader { Name = "clicks", Source = "file:clicks.csv", Format = "csv", Label = "clicked", NoHeader = true, Shared = true },
            WithoutKey(Assert.Single(coordinator.Received<AddRequest>()).Data));
    }

    [Fact]
    public async Task Add_File_SendsItWithItsName()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var file = await WriteAsync("news.svm", "1 1:1\n"u8.ToArray());

        var run = await CliRun.RunAsync(coordinator, "data", "add", "news", file, "--format", "libsvm", "--features", "9", "--zero-based");

        Assert.Equal(0, run.ExitCode);
        var parts = coordinator.Received<LoadRequest>();
        Assert.Equal(new LoadHeader { Name = "news", Source = "news.svm", Format = "libsvm", Features = 9, ZeroBased = true }, WithoutKey(parts[0].Header));
        Assert.Equal("1 1:1\n"u8.ToArray(), parts[1].Content.ToByteArray());
    }

    [Fact]
    public async Task Add_PairOfFiles_SendsTheLabelsThenTheImagesUncompressed()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var images = await WriteAsync("images.gz", Gzip([4, 5, 6]));
        var labels = await WriteAsync("labels", [1, 2, 3]);

        var run = await CliRun.RunAsync(coordinator, "data", "add", "mnist", images, "--labels", labels);

        Assert.Equal(0, run.ExitCode);
        var parts = coordinator.Received<LoadRequest>();
        Assert.Equal(new LoadHeader { Name = "mnist", Source = "images.gz", Format = "idx" }, WithoutKey(parts[0].Header));
        Assert.Equal([1, 2, 3, 4, 5, 6], parts.Skip(1).SelectMany(p => p.Content.ToByteArray()));
    }

    [Fact]
    public async Task Add_OnATerminal_ShowsTheRows()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var run = await CliRun.RunAsync(CliRun.Host(coordinator) with { IsErrorTerminal = true }, ["data", "add", "m", "synthetic:moons", "--json"], Token);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("m", JsonDocument.Parse(run.Output).RootElement.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("data add Houses synthetic:moons", "--name: Houses: must be 1 to 64 lower-case letters, digits or '-', and must not begin with 'data-'")]
    [InlineData("data add h file:x.csv", "--label: '': must have 1 to 256 characters")]
    [InlineData("data add h /no/such.csv --label y", "--data: /no/such.csv: there is no such file")]
    [InlineData("data add h file:x --labels y", "--labels: y: must be the URI of the file of labels")]
    [InlineData("data add h https://h/x.csv --label y --shared", "--shared: https://h/x.csv: only file: and synthetic: sources can stay where they are")]
    [InlineData("data add h x --format xml", "--format: xml: must be csv or libsvm or idx")]
    [InlineData("data add h x --features 0", "--features: 0: must be from 1 to 16383")]
    [InlineData("data add h x.csv --label y --features 4", "--features: 4: is for files of the format libsvm")]
    [InlineData("data add h x.csv --label y --zero-based", "--zero-based: true: is for files of the format libsvm")]
    [InlineData("data add h x.svm --format libsvm --features 4 --no-header", "--no-header: true: is for files of the format csv")]
    [InlineData("data add h images --labels labels --label y", "--label: y: is for files of the format csv")]
    [InlineData("train linear --data houses --no-header", "--no-header: cannot be given without a file or URI as --data")]
    [InlineData("train linear --no-header", "--no-header: cannot be given without a file or URI as --data")]
    public async Task Add_WrongOptions_AreRefusedBeforeAnyCall(string arguments, string expected)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var run = await CliRun.RunAsync(coordinator, arguments.Split(' '));

        Assert.Equal((2, "", expected), (run.ExitCode, run.Output, run.ErrorLines[0]));
        Assert.Empty(coordinator.Received<AddRequest>());
        Assert.Empty(coordinator.Received<LoadRequest>());
    }

    [Fact]
    public async Task List_DataSets_AreATableOrJson()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var table = await CliRun.RunAsync(coordinator, "data", "list");
        var json = await CliRun.RunAsync(coordinator, "data", "list", "--json");

        Assert.Equal("NAME    ROWS  FEATURES  LABEL  SOURCE      ADDED\nhouses  3     1         y      houses.csv  2026-01-31 12:00:00Z\n", table.Output);
        Assert.Equal("houses", JsonDocument.Parse(json.Output).RootElement[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Show_DataSet_HasColumnsAndClasses()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var table = await CliRun.RunAsync(coordinator, "data", "show", "houses");
        var json = JsonDocument.Parse((await CliRun.RunAsync(coordinator, "data", "show", "houses", "--json")).Output).RootElement;

        Assert.Contains("COLUMN  MIN  MEAN  MAX\nx       -1   0.5   2\ny       0    1     2\n\nCLASS  ROWS\n0      1\n2      2\n", table.Output,
            StringComparison.Ordinal);
        Assert.Equal(0.5, json.GetProperty("columns")[0].GetProperty("mean").GetDouble());
        Assert.Equal(2, json.GetProperty("classes")[1].GetProperty("rows").GetInt64());
    }

    [Fact]
    public async Task Remove_DataSet_SaysWhatIsGoneOrWhyNot()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        Assert.Equal("removed houses: 3 rows\n", (await CliRun.RunAsync(coordinator, "data", "remove", "houses")).Output);
        coordinator.Script.Remove = (_, _) => throw new RpcException(
            new Status(StatusCode.FailedPrecondition, "data set houses is used by job train-1, which has not ended"));
        var used = await CliRun.RunAsync(coordinator, "data", "remove", "houses");
        Assert.Equal((1, "data set houses is used by job train-1, which has not ended\n"), (used.ExitCode, used.Error));
        coordinator.Script.Describe = (_, _) => throw new RpcException(new Status(StatusCode.NotFound, "there is no data set 'houses'"));
        var missing = await CliRun.RunAsync(coordinator, "data", "remove", "houses");
        Assert.Equal((1, "there is no data set 'houses'\n"), (missing.ExitCode, missing.Error));
    }

    [Theory]
    [InlineData("houses", "houses")]
    [InlineData("synthetic:moons?rows=9", "data-1")]
    public async Task Train_NameOrUri_IsInTheSpecWithTheOptionsOfData(string data, string expected)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Submit = (_, _) => Task.FromResult(SampleTrainings.Pending());
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = SampleTrainings.Succeeded() });

        var run = await CliRun.RunAsync(coordinator, "train", "linear", "--data", data, "--test-fraction", "0.2", "--standardise");

        Assert.Equal(0, run.ExitCode);
        var spec = Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training;
        Assert.Equal((expected, "", 0.2, true), (spec.Data, spec.Label, spec.TestFraction, spec.Standardise));
    }

    /// <summary>The name of a data set brings its label with it: a number beside it is the cluster's to refuse, not to be passed over.</summary>
    [Fact]
    public async Task Train_NameAndANumberAsLabel_SendsTheNumber()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Submit = (_, _) => Task.FromResult(SampleTrainings.Pending());
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = SampleTrainings.Succeeded() });

        await CliRun.RunAsync(coordinator, "train", "linear", "--data", "houses", "--label", "3");

        Assert.Equal("3", Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training.Label);
    }

    [Fact]
    public async Task Show_InvisibleCharactersInAName_AreShown()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var details = SampleDataSets.Details();
        details.DataSet.Label = "y\u200b\u001b[31m";
        coordinator.Script.Describe = (_, _) => Task.FromResult(details);

        var run = await CliRun.RunAsync(coordinator, "data", "show", "houses");

        Assert.Contains(@"y\u200b\u001b[31m", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u200b', run.Output);
    }

    private async Task<string> WriteAsync(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllBytesAsync(path, content, Token);
        return path;
    }

    /// <summary>A name is loaded once for a key, which the client makes up.</summary>
    private static LoadHeader WithoutKey(LoadHeader header)
    {
        Assert.InRange(header.IdempotencyKey.Length, 1, 64);
        var rest = header.Clone();
        rest.IdempotencyKey = "";
        return rest;
    }

    private static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest)) gzip.Write(content);
        return packed.ToArray();
    }
}
