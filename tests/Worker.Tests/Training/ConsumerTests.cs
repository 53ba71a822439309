using System.Threading.Channels;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Segments;
using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Messaging;
using Cluster.ServiceDefaults.Security;
using Cluster.Storage.Registry;
using Cluster.Worker.Slots;
using Cluster.Worker.Tests.Training.Cluster;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.Worker.Tests.Training;

/// <summary>A whole worker on an in-memory bus: items from its queues, events to whoever listens, and its end.</summary>
public sealed class ConsumerTests : IAsyncLifetime
{
    private static readonly TrainingSpec Spec = new() { Lanes = 3, Epochs = 4, Batch = 5, LearningRate = 0.1f };

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly Channel<object> _told = Channel.CreateUnbounded<object>();
    private TrainingCluster _cluster = null!;
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await TrainingCluster.StartAsync(stores: 1, _ct);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = _cluster.ConnectionString,
            ["ConnectionStrings:messaging"] = ClusterBusExtensions.InMemory,
            [ClusterKey.Variable] = _cluster.Key,
            ["Worker:Gpus"] = "none",
        });
        builder.AddServiceDefaults("worker");
        builder.Logging.ClearProviders();
        builder.AddWorkers(count: 1);
        builder.Services.AddSingleton(_told);
        // Whoever waited for an item to end by itself would wait past the test's own limit.
        builder.Services.PostConfigure<HostOptions>(host => host.ShutdownTimeout = 2 * TrainingCluster.Limit);
        builder.Services.PostConfigure<MassTransitHostOptions>(bus => bus.ConsumerStopTimeout = bus.StopTimeout = 2 * TrainingCluster.Limit);
        builder.AddClusterBus(WorkerServices.AddConsumers, bus => bus.AddConsumer<Listener>());
        _app = builder.Build();
        await _app.StartAsync(_ct);
        await _app.Services.GetRequiredService<WorkerPool>().Ready.WaitAsync(TrainingCluster.Limit, _ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
        }

        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Items_FromTheQueue_AreTrainedAndEvaluated()
    {
        var job = await SubmitAsync(Spec);
        await SendAsync(job.Items(new Segment(0, job.TotalClocks), 1)[0]);

        var reached = Assert.IsType<SegmentReached>(await ToldAsync());
        Assert.Equal((job.Id, 0L, job.TotalClocks, 404L), (reached.JobId, reached.From, reached.To, reached.Examples));
        await job.CommitAsync(job.TotalClocks);
        var evaluation = job.Evaluation(job.TotalClocks) with { Device = "/cpu:*" };
        await SendAsync(evaluation);

        Assert.Equal(
            new ModelEvaluated { JobId = job.Id, Item = evaluation, Device = "/job:worker/replica:0/task:0/device:CPU:0" },
            Assert.IsType<ModelEvaluated>(await ToldAsync()));
    }

    [Fact]
    public async Task Stop_ItemUnderWay_LeavesAtOnceAndInOrder()
    {
        var job = await SubmitAsync(Spec with { Epochs = 1_000_000 });
        var item = job.Items(new Segment(0, job.TotalClocks), 1)[0];
        await SendAsync(item);
        await job.UntilAsync(0, report => report.LaneClocks[0] > 10);

        await _app.StopAsync(_ct).WaitAsync(TrainingCluster.Limit, _ct);

        Assert.Equal(0, await _cluster.Training.BeginItemAsync(job.Id, item.ToItem(), isRedelivered: false));
    }

    [Fact]
    public async Task Drain_ItemUnderWay_HandsItBackAndTheProcessIsToStop()
    {
        var job = await SubmitAsync(Spec with { Epochs = 1_000_000 });
        var item = job.Items(new Segment(0, job.TotalClocks), 1)[0];
        await SendAsync(item);
        await job.UntilAsync(0, report => report.LaneClocks[0] > 10);
        var registry = new RedisRegistry(_cluster.Redis);
        var worker = Assert.Single(await registry.ListAsync(JobNames.Worker));

        Assert.Equal(DrainOutcome.Asked, await registry.DrainAsync(worker));
        var stopping = new TaskCompletionSource();
        await using var registration = _app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task.WaitAsync(TrainingCluster.Limit, _ct);
        Assert.NotEqual("", _app.Services.GetRequiredService<WorkerPool>().WhyNotReady);
        await _app.StopAsync(_ct).WaitAsync(TrainingCluster.Limit, _ct);

        Assert.Equal(0, await _cluster.Training.BeginItemAsync(job.Id, item.ToItem(), isRedelivered: false));
        Assert.Empty(await registry.ListAsync(JobNames.Worker));
    }

    private async Task<TestJob> SubmitAsync(TrainingSpec spec)
    {
        var job = new TestJob(_cluster, spec, stores: 1, _ct);
        await job.SubmitAsync();
        await job.OpenAsync();
        await job.AdvanceAsync(new Segment(0, job.TotalClocks));
        return job;
    }

    private Task SendAsync<T>(T item)
        where T : class => _app.Services.GetRequiredService<IBus>().SendItemAsync(QueueNames.WorkCpu, item, _ct);

    private async Task<object> ToldAsync() => await _told.Reader.ReadAsync(_ct).AsTask().WaitAsync(TrainingCluster.Limit, _ct);

    public sealed class Listener(Channel<object> told) : IConsumer<SegmentReached>, IConsumer<ModelEvaluated>
    {
        public Task Consume(ConsumeContext<SegmentReached> context) => told.Writer.WriteAsync(context.Message).AsTask();

        public Task Consume(ConsumeContext<ModelEvaluated> context) => told.Writer.WriteAsync(context.Message).AsTask();
    }
}
