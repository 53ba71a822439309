using Cluster.Compute.Threads;

namespace Cluster.Compute.Tests.Cpu;

public sealed class ThreadTeamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void Run_ManyJobs_DoesEachPartOnce()
    {
        using var team = new ThreadTeam(4);
        var job = new CountingJob(16);

        for (var round = 1; round <= 5000; round++)
        {
            var parts = round % 17;
            Array.Clear(job.Counts);

            team.Run(job, parts);

            for (var i = 0; i < job.Counts.Length; i++)
                Assert.Equal(i < parts ? 1 : 0, job.Counts[i]);
        }
    }

    [Fact]
    public async Task Run_FromSeveralThreads_DoesEachPartOnce()
    {
        using var team = new ThreadTeam(3);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var job = new CountingJob(8);
            for (var round = 1; round <= 2000; round++)
            {
                team.Run(job, 8);
                Assert.All(job.Counts, count => Assert.Equal(round, count));
            }
        }))).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Run_APartThrows_ThrowsThatAndGoesOn()
    {
        using var team = new ThreadTeam(3);
        var job = new CountingJob(8) { Poisoned = 5 };

        var failure = Assert.Throws<InvalidOperationException>(() => team.Run(job, 8));

        Assert.Equal("part 5", failure.Message);
        job.Poisoned = -1;
        team.Run(job, 8);
        Assert.Equal([2, 2, 2, 2, 2, 1, 2, 2], job.Counts);
    }

    [Fact]
    public void Dispose_Twice_EndsItsThreads()
    {
        var team = new ThreadTeam(3);
        team.Run(new CountingJob(8), 8);

        team.Dispose();
        team.Dispose();

        Assert.Equal(0, team.LiveHelpers);
    }

    private sealed class CountingJob(int parts) : CpuJob
    {
        public int[] Counts { get; } = new int[parts];

        public int Poisoned { get; set; } = -1;

        public override void Execute(int part)
        {
            if (part == Poisoned) throw new InvalidOperationException($"part {part}");
            Interlocked.Increment(ref Counts[part]);
        }
    }
}
