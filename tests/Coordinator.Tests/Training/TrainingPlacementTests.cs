using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Planning;
using Cluster.Coordinator.Supervision;
using Cluster.Storage.Registry;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Coordinator.Tests.Training;

public sealed class TrainingPlacementTests
{
    private static readonly RegisteredTask[] Workers = [Worker(0, "/cpu:0"), Worker(1, "/cpu:0", "/gpu:0"), Worker(2, "/gpu:0", "/gpu:1")];

    private static readonly TrainingSpec Mlp = new() { Model = TrainingNames.Mlp, LearningRate = 0.1f };

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(null, "work-gpu /device:GPU:*", "work-gpu /device:GPU:*", "work-gpu /device:GPU:*")]
    [InlineData("/job:worker", "work-gpu /device:GPU:*", "work-gpu /device:GPU:*", "work-gpu /device:GPU:*")]
    [InlineData("/cpu:*", "work-cpu /device:CPU:*", "work-cpu /device:CPU:*")]
    [InlineData("/job:worker/task:1", "work-task-1-gpu /job:worker/replica:0/task:1/device:GPU:*")]
    [InlineData("/job:worker/task:1/cpu:0", "work-task-1-cpu /job:worker/replica:0/task:1/device:CPU:0")]
    [InlineData("/gpu:0", "work-task-1-gpu /job:worker/replica:0/task:1/device:GPU:0", "work-task-2-gpu /job:worker/replica:0/task:2/device:GPU:0")]
    [InlineData("/task:2/gpu:*", "work-task-2-gpu /job:worker/replica:0/task:2/device:GPU:*", "work-task-2-gpu /job:worker/replica:0/task:2/device:GPU:*")]
    public void For_Device_NamesTheSlotsOfItsGpusElseOfItsCpus(string? device, params string[] slots)
        => Assert.Equal(slots, Slots(Mlp with { Device = device }));

    [Fact]
    public void For_ModelOfTheHost_GoesToCpusAndNeverToGpus()
    {
        var spec = Mlp with { Model = TrainingNames.Linear };
        Assert.Equal(["work-cpu /device:CPU:*", "work-cpu /device:CPU:*"], Slots(spec));
        Assert.Null(TrainingPlacement.For(spec with { Device = "/gpu:*" }, Workers));
        Assert.Equal(["work-cpu /device:CPU:*", "work-cpu /device:CPU:*"], Slots(spec with { Device = "/gpu:*", SoftPlacement = true }));
    }

    [Fact]
    public void For_AllGpusUnhealthy_GoesToCpus()
    {
        RegisteredTask[] sick = [.. Workers.Select(worker => worker with
        {
            Entry = worker.Entry with { Devices = [.. worker.Entry.Devices.Select(d => d
            with { Unhealthy = d.Name.Contains("gpu", StringComparison.Ordinal) ? "lost" : "" })] },
        })];

        Assert.Equal("work-cpu", TrainingPlacement.For(Mlp, sick)!.Slot(0).Queue);
    }

    [Fact]
    public void Slot_FirstOfAShareAndMoreItemsThanSlots_GoesRound()
    {
        var placement = TrainingPlacement.For(Mlp with { Device = "/gpu:0" }, Workers)! with { First = 1 };

        Assert.Equal(["work-task-2-gpu", "work-task-1-gpu", "work-task-2-gpu"], Enumerable.Range(0, 3).Select(item => placement.Slot(item).Queue));
    }

    [Fact]
    public void Update_DeviceNeverComes_FailsAfterTheWaitWithWhatThereIs()
    {
        var watch = Watch("/job:worker/task:9/gpu:0");
        Assert.Null(watch.Update(Workers));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(watch.Update(Workers));
        Assert.Null(watch.Error);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.StartsWith(
            "waited 30 s for a device that matches /job:worker/task:9/device:GPU:0 (there are /job:worker/replica:0/task:0/device:CPU:0, ", watch.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Update_DeviceComesInTime_StartsTheWaitAnew()
    {
        var watch = Watch("/gpu:1");
        watch.Update([]);
        Assert.Equal("a worker", watch.WaitingFor);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.NotNull(watch.Update(Workers));
        Assert.Equal("", watch.WaitingFor);
        watch.Update([]);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Null(watch.Error);
    }

    [Fact]
    public void Update_AnyDevice_WaitsForEver()
    {
        var watch = Watch(null);
        watch.Update([]);
        _time.Advance(TimeSpan.FromDays(10));
        watch.Update([]);
        Assert.Null(watch.Error);
        Assert.Equal("a worker", watch.WaitingFor);
    }

    [Fact]
    public void Update_WorkersThatDoNotKnowTheModel_FailsAfterTheWaitUnlessOneComesThatDoes()
    {
        var other = Worker(0, "/cpu:0");
        other = other with { Entry = other.Entry with { Models = ["linear"] } };
        var watch = Watch(null);
        watch.Update([other]);
        _time.Advance(TimeSpan.FromSeconds(29));
        watch.Update([other, Worker(1, "/cpu:0")]);
        watch.Update([other]);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Null(watch.Error);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("waited 30 s for a worker with the model 'mlp' (they have linear)", watch.Error);
    }

    private TrainingPlacementWatch Watch(string? device) => new(Mlp with { Device = device }, TimeSpan.FromSeconds(30), _time);

    private static string[] Slots(TrainingSpec spec)
    {
        var placement = TrainingPlacement.For(spec, Workers)!;
        return [.. placement.Devices.Select((_, slot) => $"{placement.Slot(slot).Queue} {placement.Slot(slot).Device}")];
    }

    private static RegisteredTask Worker(int index, params string[] devices) => new("worker", index, $"{index}.a", $"worker-{index}", new TaskEntry
    {
        Address = "127.0.0.1:1",
        StartedAt = DateTimeOffset.UnixEpoch,
        Ready = true,
        Models = ["linear", "mlp"],
        GpuModels = ["mlp"],
        Devices = [.. devices.Select(d => new DeviceEntry { Name = d, Description = "" })],
    });
}
