using Cluster.Worker.Training;

namespace Cluster.Worker.Tests.Training;

public sealed class LoadingCacheTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly List<string> _dropped = [];

    [Fact]
    public async Task Get_ManyAtOnce_LoadOnce()
    {
        var cache = New(limit: 10);
        var go = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loads = 0;
        Task<string> Load()
        {
            Interlocked.Increment(ref loads);
            return go.Task;
        }

        Task<string>[] all = [.. Enumerable.Range(0, 20).Select(_ => cache.GetAsync("a", Load, _ct))];
        go.SetResult("xxx");

        Assert.All(await Task.WhenAll(all), value => Assert.Equal("xxx", value));
        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task Get_BeyondTheLimit_DropsTheLeastRecentlyUsed()
    {
        var cache = New(limit: 6);
        await cache.GetAsync("a", () => Task.FromResult("aaa"), _ct);
        await cache.GetAsync("b", () => Task.FromResult("bbb"), _ct);
        await cache.GetAsync("a", () => Task.FromResult("new"), _ct);

        await cache.GetAsync("c", () => Task.FromResult("ccc"), _ct);

        Assert.Equal(["bbb"], _dropped);
        Assert.Equal("aaa", await cache.GetAsync("a", () => Task.FromResult("new"), _ct));
        Assert.Equal("large one", await cache.GetAsync("d", () => Task.FromResult("large one"), _ct));
        Assert.Equal(["bbb", "ccc", "aaa"], _dropped);
    }

    [Fact]
    public async Task Get_LoadThatFailed_IsTriedAgain()
    {
        var cache = New(limit: 6);
        await Assert.ThrowsAsync<IOException>(() => cache.GetAsync("a", () => throw new IOException("away"), _ct));

        Assert.Equal("aaa", await cache.GetAsync("a", () => Task.FromResult("aaa"), _ct));
        Assert.Empty(_dropped);
    }

    [Fact]
    public async Task Get_CallerThatStopsWaiting_LeavesTheLoadToTheOthers()
    {
        var cache = New(limit: 6);
        var go = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var impatient = new CancellationTokenSource();
        var first = cache.GetAsync("a", () => go.Task, impatient.Token);
        var second = cache.GetAsync("a", () => go.Task, _ct);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult("aaa");

        Assert.Equal("aaa", await second);
    }

    private LoadingCache<string> New(long limit) => new(limit, value => value.Length, _dropped.Add);
}
