using System.Collections.Concurrent;
using Cluster.Client;
using Cluster.Client.Jobs;

namespace Cluster.Chaos.Jobs;

/// <summary>A job that ended.</summary>
internal sealed record EndedJob(string Name, JobInfo Job);

/// <summary>Keeps one job of each kind going; the next one begins when its predecessor has ended and was checked.</summary>
internal sealed class JobMix(ClusterClient client, string run, IReadOnlyList<Func<MixedJob>> streams, Action<string> say, Action<string> violate)
{
    // Faults, a machine that others load, and jobs of seconds.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly ConcurrentQueue<EndedJob> _ended = new();
    private int _submitted;

    public IReadOnlyCollection<EndedJob> Ended => _ended;

    public int Submitted => _submitted;

    /// <summary>Returns when all jobs have ended that were begun before the stop.</summary>
    /// <param name="stop">No new jobs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task RunAsync(CancellationToken stop, CancellationToken cancellationToken)
        => Task.WhenAll(streams.Select(next => RunStreamAsync(next, stop, cancellationToken)));

    private async Task RunStreamAsync(Func<MixedJob> next, CancellationToken stop, CancellationToken cancellationToken)
    {
        while (!stop.IsCancellationRequested)
        {
            var job = next();
            var number = Interlocked.Increment(ref _submitted);
            try
            {
                await RunOneAsync(job, $"{run}-{number}", cancellationToken).WaitAsync(Limit, cancellationToken);
            }
            catch (TimeoutException)
            {
                violate($"job {number} ({job.Name}) did not end within {Limit.TotalMinutes} min");
                return;
            }
        }
    }

    private async Task RunOneAsync(MixedJob job, string key, CancellationToken cancellationToken)
    {
        var submitted = await job.Submit(client, key, cancellationToken);
        if (job.CancelAfter is { } wait)
        {
            await Task.Delay(wait, cancellationToken);
            await client.CancelAsync(submitted.Id, "the mix wants it", cancellationToken);
        }

        await client.WaitAsync(submitted.Id, cancellationToken: cancellationToken);
        var ended = await client.GetJobAsync(submitted.Id, cancellationToken);
        _ended.Enqueue(new EndedJob(job.Name, ended));
        var wrong = job.Check(ended).ToList();
        foreach (var text in wrong)
            violate($"job {ended.Id} ({job.Name}): {text}");
        say(FormattableString.Invariant(
            $"job {ended.Id} ({job.Name}): {ended.State}, {ended.Elapsed.TotalSeconds:0.0} s{(wrong.Count == 0 ? "" : "  WRONG")}"));
    }
}
