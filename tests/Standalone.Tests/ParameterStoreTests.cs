using System.Net.Http.Headers;
using System.Text.Json;
using Cluster.Client.Tasks;
using Cluster.Contracts.Devices;
using Cluster.DataPlane.Client;
using Cluster.ParameterStore.Tests.Cluster;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.ServiceDefaults.Hosting;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Standalone.Tests;

/// <summary>The ps tasks of an embedded cluster, which share its address with all the rest.</summary>
public sealed class ParameterStoreTests(EmbeddedFixture embedded) : IClassFixture<EmbeddedFixture>
{
    private const int TestLimit = 300_000;
    private const int Length = 1 << 18;
    private const long Clocks = 3;

    private static readonly Generation First = new(1, 7);

    [Fact(Timeout = TestLimit)]
    public async Task ListTasks_TwoParameterStores_AreThereAtTheClustersAddress()
    {
        var ct = TestContext.Current.CancellationToken;
        var tasks = await ParameterStoreTasksAsync();

        Assert.Equal(["/job:ps/task:0", "/job:ps/task:1"], tasks.Select(task => task.Name));
        Assert.All(tasks, task => Assert.Equal(embedded.Cluster.Connection.Address.Authority, task.Address));
        Assert.Equal(2, tasks.Select(task => task.Instance).Distinct().Count());
        Assert.Equal(tasks.Select(task => task.Address), (await embedded.Client.GetClusterSpecAsync(ct)).Tasks(JobNames.ParameterStore).Values);
    }

    [Theory(Timeout = TestLimit)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Push_UpToTheEndOfTheSegment_IsAppliedKeptInTheStoreAndShown(int task)
    {
        var ct = TestContext.Current.CancellationToken;
        var job = $"job-{task}";
        using var channel = new ExchangeChannel(embedded.Cluster.Connection.Address, embedded.Cluster.Connection.Key);
        var control = new V1.Parameters.ParametersClient(channel.Invoker);
        var generation = new V1.Generation { Counter = First.Counter, Random = First.Random };
        await control.OpenAsync(new V1.OpenRequest { Job = job, Task = task, Generation = generation, Shard = Settings }, cancellationToken: ct);
        await UntilAsync(() => ReportAsync(control, job, task), report => report.Phase == V1.Phase.Serving);
        var segment = new V1.Segment { From = 0, To = Clocks };
        await control.AdvanceAsync(new V1.AdvanceRequest { Job = job, Task = task, Generation = generation, Segment = segment }, cancellationToken: ct);

        await PushAsync(channel, job, task);

        var written = await UntilAsync(() => ReportAsync(control, job, task), report => report.SnapshotWritten);
        Assert.Equal((Clocks, Clocks), (written.SnapshotClock, written.SnapshotExamples));
        await UntilAsync(ParameterStoreTasksAsync,
            tasks => tasks[task].Devices[0].Doing.StartsWith($"{job} clock {Clocks}, ", StringComparison.Ordinal)
            && tasks[task].Devices[0].Doing.EndsWith(" MiB", StringComparison.Ordinal));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Get_Health_CoversEveryPartOfTheProcess()
    {
        var ct = TestContext.Current.CancellationToken;
        using var http = new HttpClient { BaseAddress = ServerAddress.Http(embedded.Cluster.Services) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", embedded.Cluster.Connection.Key);

        using var health = JsonDocument.Parse(await http.GetStringAsync(new Uri("/health", UriKind.Relative), ct));

        var checks = health.RootElement.GetProperty("checks").EnumerateObject()
            .ToDictionary(check => check.Name, check => check.Value.GetProperty("status").GetString());
        Assert.All(["chief", "parameter-store", "worker", "redis"], name => Assert.Equal("Healthy", checks.GetValueOrDefault(name)));
    }

    private static V1.Shard Settings => new()
    {
        Lanes = 1,
        Length = Length,
        Streams = 2,
        Mode = V1.Mode.Synchronous,
        Optimizer = new V1.Optimizer { LearningRate = 1, Scale = V1.GradientScale.Sum, Sgd = new V1.Sgd() },
        Initial = new V1.Initial { Constant = 0.5f },
    };

    private static async Task PushAsync(ExchangeChannel channel, string job, int task)
    {
        var sink = new StepSink(Length);
        using var stream = new ExchangeStream(channel.Invoker, task, sink, TestContext.Current.CancellationToken);
        _ = stream.RunAsync();
        await stream.AttachAsync(job, First, worker: 1);
        for (var clock = 0L; clock < Clocks; clock++)
        {
            await stream.PushAsync(First, new LaneBlock(0, 1), clock, 1, new float[Length]);
            await sink.ReceivedAsync();
        }

        Assert.Equal(Clocks, sink.Version);
    }

    private static async Task<V1.ShardReport> ReportAsync(V1.Parameters.ParametersClient control, string job, int task)
        => await control.ReportAsync(new V1.ReportRequest { Job = job, Task = task }, cancellationToken: TestContext.Current.CancellationToken);

    private async Task<ClusterTask[]> ParameterStoreTasksAsync()
        => [.. (await embedded.Client.ListTasksAsync(TestContext.Current.CancellationToken)).Where(task => task.JobName == JobNames.ParameterStore)];

    // The limit is the test's own.
    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> holds)
    {
        while (true)
        {
            var last = await read();
            if (holds(last)) return last;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }
    }
}
