using System.Collections.Concurrent;
using Cluster.Contracts.Devices;
using Cluster.Storage.Registry;
using Cluster.Testing;
using Cluster.Worker.Slots;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cluster.Worker.Tests.Slots;

public sealed class SlotAllocatorTests(RedisServers servers) : RedisTest(servers, RedisKind.Garnet)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Dictionary<WorkerTask, string> _instances = [];
    private readonly ConcurrentDictionary<WorkerTask, SemaphoreSlim> _connected = new();
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly SlotAllocator _allocator = new();

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Acquire_OneSlot_ServesInOrder()
    {
        _allocator.Add((await TaskAsync()).Slots);
        var first = await AcquireAsync();
        var waiting = Enumerable.Range(0, 5).Select(_ => _allocator.AcquireAsync(DeviceSpec.Any, Ct)).ToList();

        first.Dispose();
        foreach (var next in waiting)
        {
            (await next.WaitAsync(Limit, Ct)).Dispose();
            Assert.All(waiting.TakeWhile(w => w != next), w => Assert.True(w.IsCompletedSuccessfully));
        }
    }

    [Fact]
    public async Task Dispose_LeaseTwice_ReturnsTheSlotOnce()
    {
        _allocator.Add((await TaskAsync()).Slots);
        var lease = await AcquireAsync();
        lease.Dispose();
        lease.Dispose();
        using var one = await AcquireAsync();
        var two = _allocator.AcquireAsync(DeviceSpec.Any, _stop.Token);
        Assert.False(two.IsCompleted);
    }

    [Fact]
    public async Task Acquire_NamedTask_WaitsForItsSlotThoughAnotherIsFree()
    {
        var (a, b) = (await TaskAsync(), await TaskAsync());
        _allocator.Add([.. a.Slots, .. b.Slots]);
        var first = await AcquireAsync(b.Name);
        Assert.Same(b, first.Slot.Task);
        var pinned = _allocator.AcquireAsync(b.Name, Ct);
        using var any = await AcquireAsync();
        Assert.Same(a, any.Slot.Task);

        first.Dispose();
        using var second = await pinned.WaitAsync(Limit, Ct);
        Assert.Same(b, second.Slot.Task);
    }

    [Fact]
    public async Task Acquire_Cancelled_GivesUpAndIsPassedOver()
    {
        _allocator.Add((await TaskAsync()).Slots);
        using var giveUp = new CancellationTokenSource();
        var held = await AcquireAsync();
        var gone = _allocator.AcquireAsync(DeviceSpec.Any, giveUp.Token);
        var next = _allocator.AcquireAsync(DeviceSpec.Any, Ct);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.WaitAsync(Limit, Ct));

        held.Dispose();
        (await next.WaitAsync(Limit, Ct)).Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            using var busy = await AcquireAsync();
            await _allocator.AcquireAsync(DeviceSpec.Any, giveUp.Token).WaitAsync(Limit, Ct);
        });
    }

    [Fact]
    public async Task Acquire_ManyAtOnceSomeCancelled_NeverGivesASlotTwiceNorLosesOne()
    {
        var slots = (await TaskAsync()).Slots.Concat((await TaskAsync()).Slots).Concat((await TaskAsync()).Slots).ToList();
        _allocator.Add(slots);
        var held = new ConcurrentDictionary<DeviceSlot, int>();
        var served = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 2000; i++)
            {
                using var giveUp = new CancellationTokenSource();
                var acquiring = _allocator.AcquireAsync(DeviceSpec.Any, giveUp.Token);
                if (random.Next(3) == 0) giveUp.Cancel();
                try
                {
                    using var lease = await acquiring.WaitAsync(Limit, Ct);
                    Assert.True(held.TryAdd(lease.Slot, seed));
                    if (random.Next(4) == 0) await Task.Yield();
                    Assert.True(held.TryRemove(lease.Slot, out _));
                    Interlocked.Increment(ref served);
                }
                catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
                {
                    // Gave up while it waited.
                }
            }
        }, Ct)));

        Assert.True(served >= 8 * 2000 / 2);
        var all = await Task.WhenAll(slots.Select(_ => _allocator.AcquireAsync(DeviceSpec.Any, Ct))).WaitAsync(Limit, Ct);
        Assert.Equal(slots.Count, all.Select(l => l.Slot).Distinct().Count());
    }

    [Fact]
    public async Task Retire_BusySlot_WaitsForItsItemAndGivesItToNobody()
    {
        var task = await TaskAsync();
        _allocator.Add(task.Slots);
        var lease = await AcquireAsync();
        var retiring = _allocator.RetireAsync(task.Slots, Ct);
        var again = _allocator.RetireAsync(task.Slots, Ct);
        var waiting = _allocator.AcquireAsync(DeviceSpec.Any, _stop.Token);
        Assert.False(retiring.IsCompleted);

        lease.Dispose();
        await Task.WhenAll(retiring, again).WaitAsync(Limit, Ct);
        Assert.False(waiting.IsCompleted);
        await _allocator.RetireAsync(task.Slots, Ct).WaitAsync(Limit, Ct);
    }

    [Fact]
    public async Task Add_SlotThatCameUnderAnotherName_IsOfferedToThoseWhoWaitForIt()
    {
        var task = await TaskAsync();
        _allocator.Add(task.Slots);
        var before = task.Slots[0].FullName;
        var held = await AcquireAsync();
        var names = Enumerable.Range(0, RedisRegistry.MaxTasks).Where(i => i != before.Task).Select(i => new DeviceSpec { Task = i });
        var waiting = names.Select(name => _allocator.AcquireAsync(name, _stop.Token)).ToList();
        held.Dispose();

        // Another takes its index, as a replica of its name would; the task goes on under a new one.
        await TaskAsync(_instances[task]);
        await ReconnectedAsync(task);
        Assert.NotEqual(before, task.Slots[0].FullName);
        _allocator.Add(task.Slots);
        using var lease = await (await Task.WhenAny(waiting).WaitAsync(Limit, Ct));
        Assert.Same(task, lease.Slot.Task);
    }

    private Task<SlotLease> AcquireAsync(DeviceSpec? spec = null) => _allocator.AcquireAsync(spec ?? DeviceSpec.Any, Ct).WaitAsync(Limit, Ct);

    private Task<bool> ReconnectedAsync(WorkerTask task) => _connected[task].WaitAsync(Limit, Ct);

    // A task with a lease, as a worker has it.
    private async Task<WorkerTask> TaskAsync(string? name = null)
    {
        var instance = name ?? Guid.NewGuid().ToString("N");
        var task = new WorkerTask(new RedisRegistry(Redis), TimeProvider.System, NullLogger.Instance, instance, "127.0.0.1:1",
            new WorkerSkills(["pi"], []), [TestDevices.Cpu()]);
        _instances[task] = instance;
        _connected[task] = new SemaphoreSlim(0);
        _running.Add(task.RunAsync((_, _, _) =>
        {
            _connected[task].Release();
            return Task.CompletedTask;
        }, _stop.Token));
        await ReconnectedAsync(task);
        return task;
    }
}
