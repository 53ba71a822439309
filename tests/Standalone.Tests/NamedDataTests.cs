using System.Text;
using Cluster.Client;
using Cluster.Client.Data;
using Cluster.Client.Errors;
using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Models.Data.Synthetic;
using Cluster.Models.Linear;
using Cluster.Standalone.Embedded;
using Cluster.Storage.Sources;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Cluster.Standalone.Tests;

/// <summary>Data sets by name: added, looked at, trained on and removed, on a whole cluster.</summary>
public sealed class NamedDataTests(NamedDataTests.Fixture embedded) : IClassFixture<NamedDataTests.Fixture>
{
    private const int TestLimit = 300_000;
    private const string Uri = "synthetic:linear?rows=500&features=3&noise=0.1&seed=2";

    private static readonly TrainingSpec Spec = new()
    {
        Optimizer = TrainingNames.Sgd,
        LearningRate = 0.1f,
        Lanes = 4,
        Batch = 5,
        Epochs = 40,
        Seed = 6,
        TestFraction = 0.2,
        Standardise = true,
    };

    [Fact(Timeout = TestLimit)]
    public async Task Add_Synthetic_IsListedDescribedAndRemoved()
    {
        var before = await embedded.KeysAsync();
        var progress = new Seen();

        var added = await embedded.Client.AddDataAsync(new DataImport { Name = "made", Source = "synthetic:blobs?rows=50000&classes=4" }, progress,
            TestContext.Current.CancellationToken);

        Assert.Equal(("made", 50_000L, "class"), (added.Name, added.Rows, added.Label));
        Assert.InRange(progress.Last.Rows, 1, 50_000);
        Assert.Equal(50_000, progress.Last.TotalRows);
        Assert.Equal(added.Id, Assert.Single(await embedded.Client.ListDataAsync(TestContext.Current.CancellationToken), set => set.Name == "made").Id);
        var details = await embedded.Client.DescribeDataAsync("made", TestContext.Current.CancellationToken);
        Assert.Equal(["x1", "x2", "class"], details.Columns.Select(column => column.Name));
        Assert.Equal([12_500L, 12_500, 12_500, 12_500], details.Classes.Select(count => count.Rows));
        Assert.Equal(("class", 0f, 1.5, 3f), (details.Columns[2].Name, details.Columns[2].Min, details.Columns[2].Mean, details.Columns[2].Max));

        Assert.Equal(added.Id, (await embedded.Client.RemoveDataAsync("made", TestContext.Current.CancellationToken)).Id);

        await Assert.ThrowsAsync<DataNotFoundException>(() => embedded.Client.DescribeDataAsync("made", TestContext.Current.CancellationToken));
        Assert.Equal(before, await embedded.KeysAsync());
    }

    [Fact(Timeout = TestLimit)]
    public async Task Add_RepeatedWithItsKey_IsTheSameDataSet()
    {
        var before = await embedded.KeysAsync();
        var once = new DataImport { Name = "once", Source = Uri, IdempotencyKey = "a-key" };

        var added = await Task.WhenAll(Enumerable.Range(0, 3)
            .Select(_ => embedded.Client.AddDataAsync(once, null, TestContext.Current.CancellationToken)));
        var later = await embedded.Client.LoadDataAsync(
            new MemoryStream("x,y\n1,2\n"u8.ToArray()), once with { Source = "x.csv", Label = "y" }, null, TestContext.Current.CancellationToken);

        Assert.Single(added.Append(later).Select(set => set.Id).Distinct());
        foreach (var other in (string?[])[null, "another"])
        {
            var taken = await Assert.ThrowsAsync<SpecRejectedException>(
                () => embedded.Client.AddDataAsync(once with { IdempotencyKey = other }, null, TestContext.Current.CancellationToken));
            Assert.Equal("name", Assert.Single(taken.Violations).Field);
        }

        await embedded.Client.RemoveDataAsync("once", TestContext.Current.CancellationToken);
        Assert.Equal(before, await embedded.KeysAsync());
    }

    [Theory(Timeout = TestLimit)]
    [InlineData("synthetic:nothing", "there is no generator 'nothing'")]
    [InlineData("file:../secret.csv", "is not under a data root")]
    [InlineData("file:broken.csv", "row 3, column 2 ('y'): 'two' is not a number")]
    [InlineData("http://127.0.0.1:1/x.csv", "no host is allowed")]
    public async Task Add_WrongSource_SaysWhyAndLeavesNothing(string source, string expected)
    {
        var before = await embedded.KeysAsync();

        var error = await Assert.ThrowsAsync<SpecRejectedException>(() =>
            embedded.Client.AddDataAsync(new DataImport { Name = "wrong", Source = source, Label = "y" }, null, TestContext.Current.CancellationToken));

        Assert.Equal(("data", source), (Assert.Single(error.Violations).Field, error.Violations[0].Value));
        Assert.Contains(expected, error.Violations[0].Limit, StringComparison.Ordinal);
        Assert.Equal(before, await embedded.KeysAsync());
    }

    [Fact(Timeout = TestLimit)]
    public async Task Add_NameThatIsTaken_IsRefused()
    {
        var first = await embedded.Client.AddDataAsync(new DataImport { Name = "twice", Source = "synthetic:xor" }, null,
            TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<SpecRejectedException>(() =>
            embedded.Client.AddDataAsync(new DataImport { Name = "twice", Source = "synthetic:moons" }, null, TestContext.Current.CancellationToken));

        Assert.Equal($"name: twice: is that of data set {first.Id}; remove it first, or choose another", error.Message);
        await embedded.Client.RemoveDataAsync("twice", TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Load_FormatsOfFiles_AreWhatTheirRowsAre()
    {
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 3], images = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 255, 128, 1];
        var idx = await embedded.Client.LoadDataAsync(new MemoryStream([.. labels, .. images]), new DataImport { Source = "m", Format = DataFormats.Idx }, null,
            TestContext.Current.CancellationToken);
        var svm = await embedded.Client.LoadDataAsync(
            new MemoryStream(Encoding.ASCII.GetBytes("7 2:255\n3 1:128 2:1\n")), new DataImport { Source = "s", Format = DataFormats.LibSvm, Features = 2 },
            null, TestContext.Current.CancellationToken);

        Assert.Equal(idx.Fingerprint, svm.Fingerprint);
        var error = await Assert.ThrowsAsync<SpecRejectedException>(
            () => embedded.Client.LoadDataAsync(new MemoryStream([1]), new DataImport { Source = "s", Format = DataFormats.LibSvm }, null,
            TestContext.Current.CancellationToken));
        Assert.Equal("features: 0: must be from 1 to 16383 for a file that is sent", error.Message);
    }

    [Theory(Timeout = TestLimit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Train_ByNameWithASplit_ApproachesTheBestFitOfTheTrainingRows(bool isShared)
    {
        var name = isShared ? "shared" : "stored";
        await embedded.Client.AddDataAsync(new DataImport { Name = name, Source = Uri, IsShared = isShared }, null, TestContext.Current.CancellationToken);

        var model = await embedded.Client.TrainAsync(Spec with { Data = name }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(40L * 400, model.Examples);
        Assert.Equal(BestLoss(), model.Loss, 1e-4);
        await using var one = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Workers = 1 }, TestContext.Current.CancellationToken);
        await using var client = ClusterClient.Connect(one.Connection);
        var unnamed = await client.AddDataAsync(new DataImport { Source = Uri }, null, TestContext.Current.CancellationToken);
        Assert.Equal(model.Fingerprint, (await client.TrainAsync(Spec with { Data = unnamed.Id },
            cancellationToken: TestContext.Current.CancellationToken)).Fingerprint);
        await embedded.Client.RemoveDataAsync(name, TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Remove_UsedByAJob_IsRefusedUntilItEnds()
    {
        var added = await embedded.Client.AddDataAsync(new DataImport { Name = "used", Source = Uri }, null, TestContext.Current.CancellationToken);
        var job = await embedded.Client.SubmitAsync(Spec with { Data = "used", Epochs = 10_000_000 },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains(added.Id, job.Spec!.Value.GetRawText(), StringComparison.Ordinal);

        var error = await Assert.ThrowsAsync<ClusterException>(() => embedded.Client.RemoveDataAsync("used", TestContext.Current.CancellationToken));

        Assert.Equal($"data set used is used by job {job.Id}, which has not ended", error.Message);
        Assert.Equal(added.Id, (await embedded.Client.DescribeDataAsync("used", TestContext.Current.CancellationToken)).Info.Id);
        await embedded.Client.CancelAsync(job.Id, cancellationToken: TestContext.Current.CancellationToken);
        await embedded.Client.WaitAsync(job.Id, cancellationToken: TestContext.Current.CancellationToken);
        await embedded.Client.RemoveDataAsync("used", TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_DataThatDoesNotFit_IsRefusedByField()
    {
        var row = await embedded.Client.AddDataAsync(new DataImport { Source = "synthetic:xor?rows=1" }, null, TestContext.Current.CancellationToken);

        Assert.Equal("data: nobody: must be the name or the id of a data set", await RefusedAsync(Spec with { Data = "nobody" }));
        Assert.Equal("testFraction: 0.2: must be 0 for a data set of 1 row", await RefusedAsync(Spec with { Data = row.Id }));
        Assert.Equal("label: y: must be the label that the data set was loaded with, class",
            await RefusedAsync(Spec with { Data = row.Id, Label = "y", TestFraction = 0 }));
    }

    private async Task<string> RefusedAsync(TrainingSpec spec) =>
        (await Assert.ThrowsAsync<SpecRejectedException>(() =>
        embedded.Client.SubmitAsync(spec, cancellationToken: TestContext.Current.CancellationToken))).Message;

    // Shifting and scaling features does not change what the best linear fit leaves.
    private static double BestLoss()
    {
        using var reader = SyntheticData.Open(Uri, new DataLimits());
        var data = reader.ReadAll();
        var rows = new DataSplit(500, 100, Spec.Seed).Train;
        var features = new float[400 * 3];
        var labels = new float[400];
        for (var i = 0; i < 400; i++)
        {
            data.Features(rows.Row(i)).CopyTo(features.AsSpan(3 * i));
            labels[i] = data.Label(rows.Row(i));
        }

        return LeastSquares.Fit(new Cluster.Models.Data.DataSet(data.Schema, [new DataChunk(0, 3, features, labels)])).Loss;
    }

    private sealed class Seen : IProgress<DataLoadProgress>
    {
        public DataLoadProgress Last { get; private set; }

        public void Report(DataLoadProgress value) => Last = value;
    }

    /// <summary>An embedded cluster of two workers that reads files of one folder.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("named-data").FullName;

        public EmbeddedCluster Cluster { get; private set; } = null!;

        public ClusterClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "broken.csv"), "x,y\n1,2\n1,two\n");
            Cluster = await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions
                {
                    Workers = 2,
                    Configure = services =>
                services.Configure<DataSourceOptions>(options => options.Roots.Add(_folder))
                },
                TestContext.Current.CancellationToken);
            Client = ClusterClient.Connect(Cluster.Connection);
        }

        /// <summary>The keys of data sets.</summary>
        public async Task<HashSet<string>> KeysAsync()
        {
            var keys = new HashSet<string>();
            var server = Cluster.Services.GetRequiredService<IConnectionMultiplexer>().GetServers().Single();
            await foreach (var key in server.KeysAsync(pattern: "cluster:data:*", pageSize: 1000).WithCancellation(TestContext.Current.CancellationToken))
                keys.Add(key!);
            return keys;
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Cluster.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
