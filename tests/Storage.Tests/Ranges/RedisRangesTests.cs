using Cluster.Compute.Computations;
using Cluster.Storage.Jobs;
using Cluster.Storage.Ranges;
using Cluster.Testing;

namespace Cluster.Storage.Tests.Ranges;

public sealed class RedisRangesOnGarnetTests(RedisServers servers) : RedisRangesTests(servers, RedisKind.Garnet);

public sealed class RedisRangesOnRedisServerTests(RedisServers servers) : RedisRangesTests(servers, RedisKind.RedisServer);

public abstract class RedisRangesTests(RedisServers servers, RedisKind kind) : RedisTest(servers, kind)
{
    private const string Owner = "1.a";

    private static readonly GrainRange Whole = new(0, 12);

    private readonly string _id = $"job-{Guid.NewGuid():N}";
    private RedisRanges _ranges = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _ranges = new RedisRanges(Redis);
        await SetAsync("state", "running");
        await SetAsync("owner", Owner);
    }

    [Fact]
    public async Task Cut_InOrder_WritesItemsAndHowFar()
    {
        await _ranges.CutAsync(_id, Owner, 0, 0, 0, [new GrainRange(0, 3), new GrainRange(3, 10)]);
        await _ranges.CutAsync(_id, Owner, 0, 0, 10, [new GrainRange(10, 11)]);
        Assert.Equal([new(0, 3), new(3, 10), new(10, 11)], (await _ranges.ItemsAsync(_id)).OrderBy(r => r.From));
        Assert.Equal("11", await GetAsync("cut:0"));
    }

    [Fact]
    public async Task Cut_RepeatedAfterAnUnknownAnswer_IsRefusedAsMoved()
    {
        await _ranges.CutAsync(_id, Owner, 0, 0, 0, [new GrainRange(0, 3)]);
        Assert.Equal("moved", await AnswerAsync(_ranges.CutAsync(_id, Owner, 0, 0, 0, [new GrainRange(0, 7)])));
        Assert.Equal([new GrainRange(0, 3)], await _ranges.ItemsAsync(_id));
    }

    [Fact]
    public async Task Cut_ManyChiefsAtOnce_EachGrainOnce()
    {
        var answers = await Task.WhenAll(Enumerable.Range(1, 20).Select(size => Task.Run(
            () => AnswerAsync(_ranges.CutAsync(_id, Owner, 0, 0, 0, [new GrainRange(0, size)])), Ct)));
        Assert.Single(answers, "done");
        Assert.Single(await _ranges.ItemsAsync(_id));
    }

    [Theory]
    [InlineData("owner", "2.b", "fenced")]
    [InlineData("state", "cancelled", "closed")]
    public async Task AnyChange_NotOursOrEnded_ChangesNothing(string field, string value, string answer)
    {
        await SetAsync(field, value);
        var fields = await Redis.GetDatabase().HashLengthAsync(JobKeys.Record(_id));
        Assert.Equal(answer, await AnswerAsync(_ranges.CutAsync(_id, Owner, 0, 0, 0, [new GrainRange(0, 3)])));
        Assert.Equal(answer, await AnswerAsync(_ranges.CountAsync(_id, Owner, "republished", 1)));
        Assert.Equal(answer, await AnswerAsync(_ranges.ReopenGapsAsync(_id, Owner, [Whole])));
        Assert.Empty(await _ranges.ItemsAsync(_id));
        Assert.Equal(fields, await Redis.GetDatabase().HashLengthAsync(JobKeys.Record(_id)));
    }

    [Fact]
    public async Task AnyChange_NoSuchJob_IsFencedAndMakesNoKey()
    {
        var id = $"{_id}-none";
        Assert.Equal("fenced", await AnswerAsync(_ranges.CutAsync(id, Owner, 0, 0, 0, [new GrainRange(0, 3)])));
        Assert.Equal("fenced", await AnswerAsync(_ranges.CountAsync(id, Owner, "failed", 1)));
        Assert.False(await Redis.GetDatabase().KeyExistsAsync(JobKeys.Record(id)));
    }

    [Fact]
    public async Task Count_Twice_Adds()
    {
        await _ranges.CountAsync(_id, Owner, "republished", 2);
        await _ranges.CountAsync(_id, Owner, "republished", 3);
        Assert.Equal("5", await GetAsync("republished"));
    }

    [Fact]
    public async Task ReopenGaps_HolesAtTheStartInTheMiddleAndAtTheEnd_AreOpenedAgain()
    {
        await RecordAsync(new GrainRange(2, 5), new GrainRange(5, 6), new GrainRange(8, 9));
        Assert.Equal(3, await _ranges.ReopenGapsAsync(_id, Owner, [Whole]));
        Assert.Equal([new(0, 2), new(6, 8), new(9, 12)], (await _ranges.ItemsAsync(_id)).OrderBy(r => r.From));
        Assert.Equal("5", await GetAsync("done"));
    }

    [Fact]
    public async Task ReopenGaps_NothingRecorded_OpensTheWholeSpace()
    {
        Assert.Equal(1, await _ranges.ReopenGapsAsync(_id, Owner, [Whole]));
        Assert.Equal([new GrainRange(0, 12)], await _ranges.ItemsAsync(_id));
    }

    [Fact]
    public async Task ReopenGaps_EverythingRecorded_ChangesNothing()
    {
        await RecordAsync(new GrainRange(0, 5), new GrainRange(5, 12));
        Assert.Equal(0, await _ranges.ReopenGapsAsync(_id, Owner, [Whole]));
        Assert.Empty(await _ranges.ItemsAsync(_id));
    }

    private Task<bool[]> RecordAsync(params GrainRange[] ranges)
        => Task.WhenAll(ranges.Select(r => Redis.GetDatabase().HashSetAsync(JobKeys.Results(_id), $"{r.From}-{r.To}", "x")));

    private Task<bool> SetAsync(string field, string value) => Redis.GetDatabase().HashSetAsync(JobKeys.Record(_id), field, value);

    private async Task<string?> GetAsync(string field) => await Redis.GetDatabase().HashGetAsync(JobKeys.Record(_id), field);

    private static async Task<string> AnswerAsync(Task change)
    {
        try
        {
            await change;
            return "done";
        }
        catch (JobMovedException e)
        {
            return e.Answer;
        }
    }
}
