using Cluster.Chaos.Faults;
using Cluster.Chaos.Jobs;
using Cluster.Support.Processes;

namespace Cluster.Chaos.Checks;

/// <summary>What must hold when the faults are over and the jobs have ended.</summary>
internal sealed class EndChecks(TestCluster cluster, RedisCheck redis, ChaosReport report)
{
    // One fault may find its jobs at a moment at which it does not touch them; two of a kind hardly do.
    private const int CertainHits = 2;
    private const double SteepestSlope = 4;
    private static readonly TimeSpan LongLife = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan QueueLimit = TimeSpan.FromSeconds(60);

    public static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>The faults hit work under way: by the records of jobs at the moment of each, and by what the jobs counted.</summary>
    public void Faults(FaultRunner runner, IReadOnlyCollection<EndedJob> jobs)
    {
        var kinds = runner.Done.OrderBy(done => done.Key).Select(done => $"{done.Key} {done.Value}/{runner.Hits.GetValueOrDefault(done.Key)}");
        report.Say($"faults, of which with jobs running: {string.Join(", ", kinds)}");
        var chiefs = jobs.Sum(job => Math.Max(0, job.Job.Progress.Chiefs - 1));
        var generations = jobs.Sum(job => Math.Max(0, (job.Job.Training?.Generations ?? 1) - 1));
        var steals = jobs.Sum(job => job.Job.Training?.Steals ?? 0);
        var again = jobs.Sum(job => job.Job.Progress.ItemsTakenOver + job.Job.Progress.ItemsRepublished);
        var commits = jobs.Sum(job => job.Job.Training?.Commits ?? 0);
        var refusals = jobs.SelectMany(job => job.Job.Training?.Refusals ?? new Dictionary<string, long>())
            .GroupBy(refusal => refusal.Key, refusal => refusal.Value).Select(group => $"{group.Key} {group.Sum()}");
        report.Say($"{jobs.Count} jobs, {commits} commits; {chiefs} further chiefs, {generations} recoveries, {steals} blocks stolen, {again} items taken "
            + $"over or sent again; pushes refused: {string.Join(", ", refusals)}");
        var (done, hits) = (runner.Done.Values.Sum(), runner.Hits.Values.Sum());
        if (2 * hits < done) report.Violate($"only {hits} of {done} faults met a running job");
        if (hits > 0 && chiefs + generations + steals + again == 0) report.Violate($"{hits} faults met running jobs, of which none shows any");
        Require(FaultKind.KillCoordinator, chiefs, "no job had a second chief");
        Require(FaultKind.KillStore, generations, "no job had to recover");
        Require(FaultKind.KillWorker, steals + again, "no work of a worker was done by another");
        foreach (var (kind, _) in runner.Done.Where(done => done.Value >= CertainHits && !runner.Hits.ContainsKey(done.Key)))
            report.Violate($"{kind} never met a running job");

        void Require(FaultKind kind, long counted, string complaint)
        {
            if (runner.Hits.GetValueOrDefault(kind) >= CertainHits && counted == 0) report.Violate($"{kind} hit running jobs, but {complaint}");
        }
    }

    /// <summary>Memory stays flat in processes that lived long; shorter lives are start-up alone.</summary>
    public void Memory(IReadOnlyList<MemoryTrend> trends, TimeSpan duration)
    {
        foreach (var trend in trends)
        {
            report.Say($"memory of {trend}");
            if (duration >= Schedule.LongRun && trend.Life >= LongLife && trend.Slope > SteepestSlope)
                report.Violate($"memory grows by more than {SteepestSlope} MiB a minute: {trend}");
        }
    }

    public async Task JobsAsync(JobMix mix)
    {
        var keys = await redis.AfterJobsAsync(mix.Ended, mix.Submitted);
        report.Say($"{keys} keys of {mix.Submitted} jobs looked at");
    }

    /// <summary>Workers at rest leave no item, whichever job it was of.</summary>
    public async Task QueuesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Poll.UntilAsync("the queues are empty", () => QueueCheck.ReadyAsync(new Uri(cluster.Messaging), cancellationToken),
                filled => filled.Length == 0, QueueLimit, cancellationToken);
        }
        catch (TimeoutException e)
        {
            report.Violate(e.Message);
        }
    }

    /// <summary>Every service ends when it is told, hands its lease back, and had no message that it did not acknowledge.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var process in cluster.Processes.Reverse())
        {
            if (!process.IsRunning) report.Violate($"{process.Instance} ended by itself");
            else if (await process.StopAsync(cancellationToken) is not 0 and var code)
                report.Violate($"{process.Instance} was told to stop and ended with exit code {code}");
        }

        await redis.AfterServicesAsync();
        var left = await QueueCheck.ReadyAsync(new Uri(cluster.Messaging), cancellationToken);
        if (left.Length > 0) report.Violate($"messages that nobody acknowledged: {left}");
    }
}
