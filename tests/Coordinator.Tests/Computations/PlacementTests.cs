using System.Text.Json;
using Cluster.Compute.Computations;
using Cluster.Contracts.Devices;
using Cluster.Coordinator.Computations;
using Cluster.ServiceDefaults.Registry;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Coordinator.Tests.Computations;

public sealed class PlacementTests
{
    private static readonly RegisteredTask[] Workers = [Worker(0, "/cpu:0"), Worker(1, "/cpu:0", "/gpu:0"), Worker(2, "/gpu:0", "/gpu:1")];

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("", "work-any", 5)]
    [InlineData("/cpu:0", "work-cpu", 2)]
    [InlineData("/device:CPU:*", "work-cpu", 2)]
    [InlineData("/device:GPU:*", "work-gpu", 3)]
    [InlineData("/gpu:1", "work-gpu", 1)]
    [InlineData("/job:worker/task:1", "work-task-1", 2)]
    [InlineData("/job:worker/task:2/gpu:1", "work-task-2", 1)]
    [InlineData("/job:worker", "work-any", 5)]
    public void For_Spec_NamesQueueAndCountsSlots(string spec, string queue, int slots)
        => Assert.Equal(new Placement(queue, slots), Placement.For(DeviceSpec.Parse(spec), "pi", Workers));

    [Theory]
    [InlineData("/cpu:7")]
    [InlineData("/job:ps")]
    [InlineData("/job:worker/task:3")]
    [InlineData("/job:worker/task:0/gpu:0")]
    public void For_NoSuchDevice_IsNoneAndSaysWhatThereIs(string spec)
    {
        Assert.Null(Placement.For(DeviceSpec.Parse(spec), "pi", Workers));
        var missing = Placement.Missing(DeviceSpec.Parse(spec), "pi", Workers);
        Assert.Contains($"{DeviceSpec.Parse(spec)}", missing, StringComparison.Ordinal);
        Assert.Contains("/job:worker/replica:0/task:2/device:GPU:1", missing, StringComparison.Ordinal);
    }

    [Fact]
    public void For_WorkersThatAreNotReadyOrLackTheComputation_DoNotCount()
    {
        var notReady = Worker(3, "/cpu:0") with { Entry = Worker(3, "/cpu:0").Entry with { Ready = false } };
        Assert.Null(Placement.For(DeviceSpec.Any, "pi", [notReady]));
        Assert.Equal("a worker", Placement.Missing(DeviceSpec.Any, "pi", [notReady]));
        Assert.Null(Placement.For(DeviceSpec.Any, "primes", Workers));
        Assert.Equal("a worker with the computation 'primes' (they have pi)", Placement.Missing(DeviceSpec.Any, "primes", Workers));
    }

    [Fact]
    public void Update_NamedDeviceNeverComes_TimesOutAndTellsEachReasonOnce()
    {
        var watch = Watch("/gpu:0");
        Assert.True(watch.Update([]));
        Assert.False(watch.Update([]));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(watch.Update([Worker(0, "/cpu:0")]));
        Assert.False(watch.HasTimedOut);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(watch.HasTimedOut);
    }

    [Fact]
    public void Update_DeviceComesInTime_StartsTheWaitAnew()
    {
        var watch = Watch("/cpu:0");
        watch.Update([]);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(watch.Update(Workers));
        Assert.Equal((new Placement("work-cpu", 2), ""), (watch.Current, watch.WaitingFor));
        watch.Update([]);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(watch.HasTimedOut);
    }

    [Fact]
    public void HasTimedOut_AnyDevice_WaitsForEver()
    {
        var watch = Watch("");
        watch.Update([]);
        _time.Advance(TimeSpan.FromDays(10));
        Assert.False(watch.HasTimedOut);
    }

    private PlacementWatch Watch(string device) => new(new ComputationPlan
    {
        Computation = "pi",
        Arguments = JsonElement.Parse("{}"),
        Space = new GrainSpace(10, 1),
        Device = DeviceSpec.Parse(device),
        Unit = ("indices", 1),
    }, TimeSpan.FromSeconds(30), _time);

    private static RegisteredTask Worker(int index, params string[] devices) => new("worker", index, $"{index}.a", $"worker-{index}", new TaskEntry
    {
        Address = "127.0.0.1:1",
        StartedAt = DateTimeOffset.UnixEpoch,
        Ready = true,
        Computations = ["pi"],
        Devices = [.. devices.Select(d => new DeviceEntry { Name = d, Description = "" })],
    });
}
