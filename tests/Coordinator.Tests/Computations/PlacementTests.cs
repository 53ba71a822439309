using System.Text.Json;
using Cluster.Compute.Computations;
using Cluster.Contracts.Devices;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Placements;
using Cluster.Storage.Registry;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Coordinator.Tests.Computations;

public sealed class PlacementTests
{
    private static readonly RegisteredTask[] Workers = [Worker(0, "/cpu:0"), Worker(1, "/cpu:0", "/gpu:0"), Worker(2, "/gpu:0", "/gpu:1")];

    private static readonly WorkSkill Pi = WorkSkill.Computation("pi");

    private readonly FakeTimeProvider _time = new();

    private DeviceSpec Wanted { get; set; } = DeviceSpec.Any;

    [Theory]
    [InlineData("", "work-gpu /device:GPU:* 3", "work-cpu /device:CPU:* 2")]
    [InlineData("/job:worker", "work-gpu /device:GPU:* 3", "work-cpu /device:CPU:* 2")]
    [InlineData("/cpu:0", "work-cpu /device:CPU:* 2")]
    [InlineData("/device:CPU:*", "work-cpu /device:CPU:* 2")]
    [InlineData("/device:GPU:*", "work-gpu /device:GPU:* 3")]
    [InlineData("/gpu:1", "work-task-2-gpu /job:worker/replica:0/task:2/device:GPU:1 1")]
    [InlineData("/gpu:0", "work-task-1-gpu /job:worker/replica:0/task:1/device:GPU:0 1", "work-task-2-gpu /job:worker/replica:0/task:2/device:GPU:0 1")]
    [InlineData("/job:worker/task:1", "work-task-1-gpu /job:worker/replica:0/task:1/device:GPU:* 1",
        "work-task-1-cpu /job:worker/replica:0/task:1/device:CPU:* 1")]
    [InlineData("/task:2/gpu:*", "work-task-2-gpu /job:worker/replica:0/task:2/device:GPU:* 2")]
    [InlineData("/job:worker/task:2/gpu:1", "work-task-2-gpu /job:worker/replica:0/task:2/device:GPU:1 1")]
    public void For_Spec_NamesQueuesAndCountsSlotsGpusFirst(string spec, params string[] targets)
        => Assert.Equal(targets, Targets(spec));

    [Theory]
    [InlineData("/gpu:7", "work-cpu /device:CPU:* 2")]
    [InlineData("/task:0/gpu:0", "work-task-0-cpu /job:worker/replica:0/task:0/device:CPU:* 1")]
    [InlineData("/task:9/gpu:0", "work-cpu /device:CPU:* 2")]
    [InlineData("/gpu:1", "work-task-2-gpu /job:worker/replica:0/task:2/device:GPU:1 1")]
    public void For_SoftPlacement_FallsBackToCpusOnlyWhereNothingMatches(string spec, params string[] targets)
        => Assert.Equal(targets, Targets(spec, soft: true));

    [Fact]
    public void For_GpuThatLacksTheComputationOrIsUnhealthy_IsPassedOver()
    {
        var cpuOnly = Worker(1, "/cpu:0", "/gpu:0") with { Entry = Worker(1, "/cpu:0", "/gpu:0").Entry with { GpuComputations = [] } };
        Assert.Null(Placement.For(DeviceSpec.Parse("/gpu:*"), false, Pi, [cpuOnly]));

        var sick = Worker(1, "/gpu:0");
        sick = sick with { Entry = sick.Entry with { Devices = [sick.Entry.Devices[0] with { Unhealthy = "its context is lost" }] } };
        Assert.Null(Placement.For(DeviceSpec.Parse("/gpu:*"), false, Pi, [sick]));
        Assert.Equal(
            "a device that matches /device:GPU:* (there are /job:worker/replica:0/task:1/device:GPU:0, which takes no items: its context is lost)",
            Placement.Missing(DeviceSpec.Parse("/gpu:*"), Pi, [sick]));
    }

    [Theory]
    [InlineData("/cpu:7")]
    [InlineData("/job:ps")]
    [InlineData("/job:worker/task:3")]
    [InlineData("/job:worker/task:0/gpu:0")]
    public void For_NoSuchDevice_IsNoneAndSaysWhatThereIs(string spec)
    {
        Assert.Null(Placement.For(DeviceSpec.Parse(spec), false, Pi, Workers));
        var missing = Placement.Missing(DeviceSpec.Parse(spec), Pi, Workers);
        Assert.Contains($"{DeviceSpec.Parse(spec)}", missing, StringComparison.Ordinal);
        Assert.Contains("/job:worker/replica:0/task:2/device:GPU:1", missing, StringComparison.Ordinal);
    }

    [Fact]
    public void For_WorkersThatAreNotReadyOrLackTheComputation_DoNotCount()
    {
        var notReady = Worker(3, "/cpu:0") with { Entry = Worker(3, "/cpu:0").Entry with { Ready = false } };
        Assert.Null(Placement.For(DeviceSpec.Any, false, Pi, [notReady]));
        Assert.Equal("a worker", Placement.Missing(DeviceSpec.Any, Pi, [notReady]));
        Assert.Null(Placement.For(DeviceSpec.Any, false, WorkSkill.Computation("primes"), Workers));
        Assert.Equal("a worker with the computation 'primes' (they have pi)", Placement.Missing(DeviceSpec.Any, WorkSkill.Computation("primes"), Workers));
    }

    [Fact]
    public void Update_NamedDeviceNeverComes_TimesOutAndTellsEachReasonOnce()
    {
        Wanted = DeviceSpec.Parse("/gpu:0");
        var watch = Watch();
        Assert.True(watch.Update([], [Wanted]));
        Assert.False(watch.Update([], [Wanted]));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(watch.Update([Worker(0, "/cpu:0")], [Wanted]));
        Assert.False(watch.HasTimedOut);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(watch.HasTimedOut);
    }

    [Fact]
    public void Update_DeviceComesInTime_StartsTheWaitAnew()
    {
        Wanted = DeviceSpec.Parse("/cpu:0");
        var watch = Watch();
        watch.Update([], [Wanted]);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(watch.Update(Workers, [Wanted]));
        Assert.Equal(("work-cpu", ""), (watch.For(Wanted)?.Targets[0].Key.Queue, watch.WaitingFor));
        watch.Update([], [Wanted]);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(watch.HasTimedOut);
    }

    [Fact]
    public void Update_OneOfTwoDevicesNeverComes_TimesOutForItAlone()
    {
        Wanted = DeviceSpec.Parse("/gpu:7");
        var watch = Watch();
        Assert.True(watch.Update(Workers, [Wanted, DeviceSpec.Parse("/gpu:0")]));
        Assert.NotNull(watch.For(DeviceSpec.Parse("/gpu:0")));
        Assert.Contains("/device:GPU:7", watch.WaitingFor, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.True(watch.HasTimedOut);
        watch.Update(Workers, [DeviceSpec.Parse("/gpu:0")]);
        Assert.False(watch.HasTimedOut);
    }

    [Fact]
    public void HasTimedOut_AnyDevice_WaitsForEver()
    {
        var watch = Watch();
        watch.Update([], [Wanted]);
        _time.Advance(TimeSpan.FromDays(10));
        Assert.False(watch.HasTimedOut);
    }

    [Fact]
    public void HasTimedOut_WorkersThatDoNotKnowTheComputation_AfterTheWaitUnlessOneComesThatDoes()
    {
        var other = Worker(0, "/cpu:0");
        other = other with { Entry = other.Entry with { Computations = ["primes"] } };
        var watch = Watch();
        watch.Update([other], [Wanted]);
        _time.Advance(TimeSpan.FromSeconds(29));
        watch.Update([other, Workers[0]], [Wanted]);
        watch.Update([other], [Wanted]);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(watch.HasTimedOut);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(watch.HasTimedOut);
        Assert.Equal("a worker with the computation 'pi' (they have primes)", watch.WaitingFor);
    }

    private static string[] Targets(string spec, bool soft = false)
        => [.. Placement.For(DeviceSpec.Parse(spec), soft, Pi, Workers)!.Targets.Select(t => $"{t.Key.Queue} {t.Key.Device} {t.Slots}")];

    private PlacementWatch Watch() => new(new ComputationPlan
    {
        Computation = "pi",
        Arguments = JsonElement.Parse("{}"),
        Space = new GrainSpace(10, 1),
        Parts = PlacedGrains.Of(10, 1, DeviceSpec.Any, null),
        Unit = ("indices", 1),
    }, TimeSpan.FromSeconds(30), _time);

    private static RegisteredTask Worker(int index, params string[] devices) => new("worker", index, $"{index}.a", $"worker-{index}", new TaskEntry
    {
        Address = "127.0.0.1:1",
        StartedAt = DateTimeOffset.UnixEpoch,
        Ready = true,
        Computations = ["pi"],
        GpuComputations = ["pi"],
        Devices = [.. devices.Select(d => new DeviceEntry { Name = d, Description = "" })],
    });
}
