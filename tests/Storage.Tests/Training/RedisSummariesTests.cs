using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Cluster.Testing;

namespace Cluster.Storage.Tests.Training;

public sealed class RedisSummariesOnGarnetTests(RedisServers servers) : RedisSummariesTests(servers, RedisKind.Garnet);

public sealed class RedisSummariesOnRedisServerTests(RedisServers servers) : RedisSummariesTests(servers, RedisKind.RedisServer);

public abstract class RedisSummariesTests(RedisServers servers, RedisKind kind) : StorageTest(servers, kind)
{
    private const string Owner = "1.0000000000000001";

    private readonly string _job = NewId();
    private RedisSummaries _summaries = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _summaries = new RedisSummaries(Redis);
        await Database.HashSetAsync(JobKeys.Record(_job), "owner", Owner);
    }

    [Fact]
    public async Task Append_BothSeries_ComeBackByClockOnceEach()
    {
        Assert.True(await AppendAsync(SummarySeries.Segments, 32));
        Assert.True(await AppendAsync(SummarySeries.Segments, 64));
        Assert.True(await AppendAsync(SummarySeries.Segments, 64));
        Assert.True(await AppendAsync(SummarySeries.Segments, 40));
        Assert.True(await AppendAsync(SummarySeries.Evaluations, 40));
        Assert.False(await _summaries.AppendAsync(_job, "2.0000000000000001", SummarySeries.Segments, Point(96)));

        Assert.Equal([32, 40, 64], (await _summaries.ReadAsync(_job, 0)).Select(point => point.Clock));
        Assert.Equivalent(Point(64), Assert.Single(await _summaries.ReadAsync(_job, 40)), strict: true);
    }

    /// <summary>Three and a half times as many points as fit: each fourth is left, from the first on.</summary>
    [Fact]
    public async Task Append_MoreThanFit_KeepsThemEvenlySpread()
    {
        const int points = (RedisSummaries.MaxPoints * 7) / 2;
        for (var from = 0; from < points; from += 512)
            await Task.WhenAll(Enumerable.Range(from, Math.Min(512, points - from)).Select(i => AppendAsync(SummarySeries.Segments, i)));

        Assert.Equal(Enumerable.Range(0, (points + 3) / 4).Select(i => 4L * i), (await _summaries.ReadAsync(_job, -1)).Select(point => point.Clock));
    }

    private Task<bool> AppendAsync(SummarySeries series, long clock) => _summaries.AppendAsync(_job, Owner, series, Point(clock));

    private static SummaryPoint Point(long clock) => new(clock, 1_700_000_000_000 + clock, new Dictionary<string, double> { ["loss"] = 1.0 / (clock + 3) });
}
