using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Protocol.Segments;
using Cluster.Storage.Jobs;
using Cluster.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Storage.Tests.Jobs;

public sealed class RedisJobsOnGarnetTests(RedisServers servers) : RedisJobsTests(servers, RedisKind.Garnet);

public sealed class RedisJobsOnRedisServerTests(RedisServers servers) : RedisJobsTests(servers, RedisKind.RedisServer);

public abstract class RedisJobsTests(RedisServers servers, RedisKind kind) : RedisTest(servers, kind)
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private RedisJobs _jobs = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _jobs = new RedisJobs(Redis, _time, TimeSpan.FromDays(7));
    }

    [Fact]
    public async Task Create_NewJob_IsPendingOpenAndListed()
    {
        var job = NewJob();
        Assert.Equal(job.Id, await _jobs.CreateAsync(job, "1.a"));

        var record = await ReadAsync(job.Id);
        Assert.Equal((JobState.Pending, job.Spec, job.Generation, 1L), (record.State, record.Spec, record.Generation, record.Chiefs));
        Assert.Contains(job.Id, await _jobs.OpenAsync());
        Assert.Contains(await _jobs.ListAsync(1000), r => r.Id == job.Id);
    }

    [Fact]
    public async Task Create_OneKeyManyTimesAtOnce_MakesOneJob()
    {
        var key = NewKey();
        var jobs = Enumerable.Range(0, 50).Select(_ => NewJob(key)).ToList();
        var ids = await Task.WhenAll(jobs.Select(job => Task.Run(() => _jobs.CreateAsync(job, "1.a"), Ct)));

        var id = Assert.Single(ids.Distinct());
        var written = await Task.WhenAll(jobs.Where(j => j.Id != id).Select(j => _jobs.ReadAsync(j.Id)));
        Assert.All(written, Assert.Null);
        Assert.NotNull(await _jobs.ReadAsync(id));
    }

    [Fact]
    public async Task FindSubmitted_Key_IsTheJobThatItMade()
    {
        var job = NewJob();
        Assert.Null(await _jobs.FindSubmittedAsync(job.IdempotencyKey));

        await _jobs.CreateAsync(job, "1.a");

        var found = await _jobs.FindSubmittedAsync(job.IdempotencyKey);
        Assert.Equal((job.Id, job.IdempotencyKey), (found!.Id, found.IdempotencyKey));
    }

    [Fact]
    public async Task FindSubmitted_RecordIsBeingWritten_IsNone()
    {
        var job = NewJob();
        await Redis.GetDatabase().StringSetAsync(JobKeys.Submission(job.IdempotencyKey), job.Id);

        Assert.Null(await _jobs.FindSubmittedAsync(job.IdempotencyKey));
    }

    [Fact]
    public async Task Create_EarlierCallDiedBeforeTheRecord_WritesItUnderTheFirstId()
    {
        var (first, again) = (NewJob(), NewJob());
        again = again with { IdempotencyKey = first.IdempotencyKey };
        await Redis.GetDatabase().StringSetAsync(JobKeys.Submission(first.IdempotencyKey), first.Id);

        Assert.Equal(first.Id, await _jobs.CreateAsync(again, "1.a"));
        Assert.Equal(JobState.Pending, (await ReadAsync(first.Id)).State);
    }

    [Fact]
    public async Task Move_ManyAtOnce_OneWins()
    {
        var id = await _jobs.CreateAsync(NewJob(), "1.a");
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(
            () => _jobs.MoveAsync(id, "1.a", JobState.Pending, i % 2 == 0 ? JobState.Running : JobState.Cancelled, "x"), Ct)));

        Assert.Single(answers, TransitionAnswer.Done);
        Assert.Equal(29, answers.Count(a => a == TransitionAnswer.Refused));
    }

    [Fact]
    public async Task Move_OfAnotherChief_IsFencedUntilAdopted()
    {
        var id = await _jobs.CreateAsync(NewJob(), "1.a");
        Assert.Equal(TransitionAnswer.Fenced, await _jobs.MoveAsync(id, "2.b", JobState.Pending, JobState.Running));
        Assert.True(await _jobs.AdoptAsync(id, "2.b"));
        Assert.Equal(TransitionAnswer.Fenced, await _jobs.MoveAsync(id, "1.a", JobState.Pending, JobState.Running));
        Assert.Equal(TransitionAnswer.Done, await _jobs.MoveAsync(id, "2.b", JobState.Pending, JobState.Running));

        Assert.True(await _jobs.AdoptAsync(id, "2.b"));
        var record = await ReadAsync(id);
        Assert.Equal((JobState.Running, 2L), (record.State, record.Chiefs));
        Assert.NotNull(record.Started);
    }

    [Fact]
    public async Task Move_NoSuchJob_IsMissing()
    {
        Assert.Equal(TransitionAnswer.Missing, await _jobs.MoveAsync("none", "1.a", JobState.Pending, JobState.Running));
        Assert.False(await _jobs.AdoptAsync("none", "1.a"));
    }

    [Fact]
    public async Task Move_SucceededWithoutResult_IsRefused()
    {
        var id = await RunningAsync();
        Assert.Equal(TransitionAnswer.Refused, await _jobs.MoveAsync(id, "1.a", JobState.Running, JobState.Succeeded));
        await Redis.GetDatabase().HashSetAsync(JobKeys.Record(id), "result", "{}");
        Assert.Equal(TransitionAnswer.Done, await _jobs.MoveAsync(id, "1.a", JobState.Running, JobState.Succeeded));
    }

    [Theory]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Cancelled)]
    public async Task Move_ToTheEnd_StaysThereAndIsKeptForItsTime(JobState end)
    {
        var id = await RunningAsync();
        Assert.Null(await Redis.GetDatabase().KeyTimeToLiveAsync(JobKeys.Record(id)));
        Assert.Equal(TransitionAnswer.Done, await _jobs.MoveAsync(id, "1.a", JobState.Running, end, "why"));

        Assert.Equal(TransitionAnswer.Refused, await _jobs.MoveAsync(id, "1.a", JobState.Running, JobState.Cancelled));
        Assert.False(await _jobs.AdoptAsync(id, "2.b"));
        var record = await ReadAsync(id);
        Assert.Equal((end, "why", true), (record.State, record.Error, record.HasEnded));
        Assert.NotNull(record.Ended);
        Assert.NotNull(await Redis.GetDatabase().KeyTimeToLiveAsync(JobKeys.Record(id)));
    }

    [Fact]
    public async Task CleanUp_EndedJob_LeavesRecordAndPlacementsAlone()
    {
        var id = await RunningAsync();
        var database = Redis.GetDatabase();
        string[] own = [JobKeys.Items(id), JobKeys.Claims(id), JobKeys.Attempts(id), JobKeys.Results(id)];
        foreach (var key in own) await database.HashSetAsync(key, "0", "1");
        await database.ListRightPushAsync(JobKeys.Placements(id), "0-1 /cpu:0");

        await _jobs.CleanUpAsync(id);

        foreach (var key in own) Assert.False(await database.KeyExistsAsync(key), key);
        Assert.NotNull(await database.KeyTimeToLiveAsync(JobKeys.Placements(id)));
        Assert.DoesNotContain(id, await _jobs.OpenAsync());
        Assert.NotNull(await _jobs.ReadAsync(id));
    }

    [Fact]
    public async Task List_SubmissionIsBeingWritten_KeepsItListed()
    {
        var (database, id) = (Redis.GetDatabase(), NewJob().Id);
        await database.SortedSetAddAsync(JobKeys.All, id, _time.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.DoesNotContain(await _jobs.ListAsync(1000), r => r.Id == id);
        Assert.NotNull(await database.SortedSetScoreAsync(JobKeys.All, id));

        _time.Advance(TimeSpan.FromHours(1));
        await _jobs.ListAsync(1000);
        Assert.Null(await database.SortedSetScoreAsync(JobKeys.All, id));
    }

    [Fact]
    public async Task Placements_FromAPosition_GoOnInOrder()
    {
        var id = await RunningAsync();
        await Redis.GetDatabase().ListRightPushAsync(JobKeys.Placements(id), ["a", "b", "c"]);
        Assert.Equal(["b", "c"], await _jobs.PlacementsAsync(id, 1));
        Assert.Empty(await _jobs.PlacementsAsync(id, 3));
    }

    private static string NewKey() => Guid.NewGuid().ToString("N");

    private async Task<string> RunningAsync()
    {
        var id = await _jobs.CreateAsync(NewJob(), "1.a");
        await _jobs.MoveAsync(id, "1.a", JobState.Pending, JobState.Running);
        return id;
    }

    private async Task<JobRecord> ReadAsync(string id) => await _jobs.ReadAsync(id) ?? throw new InvalidOperationException($"no record {id}");

    private NewJob NewJob(string? key = null) => new()
    {
        Id = $"pi-{NewKey()}",
        IdempotencyKey = key ?? NewKey(),
        Kind = JobKinds.Pi,
        Spec = """{"points":1000,"seed":42}""",
        Generation = new Generation(1, 7),
        Submitted = _time.GetUtcNow(),
        Trace = "",
        LogDevicePlacement = false,
    };
}
