using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Cluster.AppHost.Running;

/// <summary>Says on the terminal what the start waits for, and once all is up, where the dashboard is and how to submit a first job.</summary>
internal sealed class StartReport(
    ClusterWatch watch, IEnumerable<StateFile> stateFiles, ResourceLoggerService loggers, IConfiguration configuration,
    IHostApplicationLifetime lifetime, TimeProvider time)
    : RunModeSubscriber(lifetime)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    // The loop of the watch writes it, that of the waiting reads it.
    private volatile IReadOnlyList<ReplicaView> _replicas = [];

    protected override async Task RunAsync(CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        using var up = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var waiting = SayWhatIsMissingAsync(up.Token);
        await foreach (var replicas in watch.WatchAsync(stopping))
        {
            _replicas = replicas;
            if (!replicas.All(replica => replica.IsUp || replica.HasFailed)) continue;
            await Task.WhenAll(stateFiles.Select(file => file.Written)).WaitAsync(stopping);
            await up.CancelAsync();
            await waiting;
            Console.WriteLine(FormattableString.Invariant($"the cluster is up after {time.GetElapsedTime(began).TotalSeconds:0.0} s: {Summary(replicas)}"));
            foreach (var failed in replicas.Where(replica => replica.HasFailed))
                Console.WriteLine($"{failed.Id} does not run: {await LastLineAsync(failed, stopping)}");
            Console.WriteLine($"dashboard    {Dashboard()}");
            Console.WriteLine("a first job  dotnet run --project services/Cli -- pi --points 1e9 --seed 42");
            Console.WriteLine("Ctrl+C stops everything");
            return;
        }
    }

    private async Task SayWhatIsMissingAsync(CancellationToken up)
    {
        while (true)
        {
            await Task.Delay(Pause, time, up).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (up.IsCancellationRequested) return;
            var missing = _replicas.Where(replica => !replica.IsUp && !replica.HasFailed).Select(Describe).Distinct().ToList();
            if (missing.Count > 0) Console.WriteLine($"waiting for {string.Join(", ", missing)}");
        }
    }

    private async Task<string> LastLineAsync(ReplicaView failed, CancellationToken cancellationToken)
    {
        var last = $"it ended with exit code {failed.Snapshot?.ExitCode}";
        await foreach (var batch in loggers.GetAllAsync(failed.Id).WithCancellation(cancellationToken))
        {
            // Behind the time at which it was written.
            if (batch.LastOrDefault(line => line.IsErrorMessage) is { Content: { Length: > 0 } text })
                last = text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        }

        return last;
    }

    private static string Describe(ReplicaView replica) => replica.Snapshot?.State?.Text switch
    {
        null or "" => $"{replica.Resource.Name} (not started)",
        var state when state == KnownResourceStates.Running => $"{replica.Resource.Name} (is starting)",
        var state => $"{replica.Resource.Name} ({state.ToLowerInvariant()})",
    };

    private static string Summary(IReadOnlyList<ReplicaView> replicas) => string.Join(", ", replicas
        .Where(replica => replica.Resource is ProjectResource && replica.IsUp)
        .GroupBy(replica => replica.Resource.Name)
        .Select(group => group.Count() > 1 ? $"{group.Count()} {group.Key}s" : group.Key));

    private string Dashboard()
    {
        var address = configuration["ASPNETCORE_URLS"]?.Split(';')[0];
        return configuration["AppHost:BrowserToken"] is { Length: > 0 } token ? $"{address}/login?t={token}" : address ?? "";
    }
}
