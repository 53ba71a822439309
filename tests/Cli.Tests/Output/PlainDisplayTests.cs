using Cluster.Cli.Output;
using Cluster.Client.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Cli.Tests.Output;

public sealed class PlainDisplayTests
{
    [Fact]
    public async Task ShowAsync_ManyUpdates_WritesAtMostOneASecondAndTheLast()
    {
        var error = new StringWriter();
        var time = new FakeTimeProvider();

        var job = await new PlainDisplay(error, time).ShowAsync(UpdatesAsync());

        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Equal(["0", "10", "20", "25"], error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(" %, ")[1].Split(' ')[0]));

        async IAsyncEnumerable<JobUpdate> UpdatesAsync()
        {
            for (var done = 0; done <= 25; done++)
            {
                yield return new JobUpdate(Job(done), []);
                time.Advance(TimeSpan.FromMilliseconds(100));
                await Task.CompletedTask;
            }
        }
    }

    [Fact]
    public async Task ShowAsync_NothingChanges_WritesOneLine()
    {
        var error = new StringWriter();
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(5) };

        await new PlainDisplay(error, time).ShowAsync(Enumerable.Repeat(new JobUpdate(Job(1), []), 10).ToAsyncEnumerable());

        Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static JobInfo Job(long done)
    {
        var state = done == 25 ? JobState.Succeeded : JobState.Running;
        return new JobInfo
        {
            Id = "1",
            Kind = "pi",
            State = state,
            SubmittedAt = DateTimeOffset.UnixEpoch,
            Progress = new JobProgress { JobId = "1", State = state, Done = done, Total = 25, Unit = "points" },
        };
    }
}
