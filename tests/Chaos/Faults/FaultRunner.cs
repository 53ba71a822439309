using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Cluster.Support.Processes;
using Cluster.Support.Servers;

namespace Cluster.Chaos.Faults;

/// <summary>Does what a schedule says. Each target has one fault at a time; different targets have theirs at once.</summary>
internal sealed class FaultRunner(TestCluster cluster, RabbitMqServerProcess broker, Func<Task<int?>> countRunningJobs, Action<string> say)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _targets = new();
    private readonly ConcurrentDictionary<FaultKind, int> _done = new();
    private readonly ConcurrentDictionary<FaultKind, int> _hits = new();

    /// <summary>How often each kind happened.</summary>
    public IReadOnlyDictionary<FaultKind, int> Done => _done;

    /// <summary>How often each kind happened while a job was running, by Redis.</summary>
    public IReadOnlyDictionary<FaultKind, int> Hits => _hits;

    /// <summary>Returns when all faults have happened and everything runs again.</summary>
    public async Task RunAsync(IReadOnlyList<Fault> faults, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        var running = new List<Task>();
        foreach (var fault in faults)
        {
            var wait = fault.At - Stopwatch.GetElapsedTime(since);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken);
            running.Add(RunOneAsync(fault, since, cancellationToken));
            if (running.FirstOrDefault(task => task.IsFaulted) is { } failed) await failed;
        }

        await Task.WhenAll(running);
    }

    private async Task RunOneAsync(Fault fault, long since, CancellationToken cancellationToken)
    {
        var target = _targets.GetOrAdd(fault.Target, _ => new SemaphoreSlim(1));
        await target.WaitAsync(cancellationToken);
        try
        {
            var jobs = await countRunningJobs();
            var began = Stopwatch.GetElapsedTime(since);
            await DoAsync(fault, cancellationToken);
            _done.AddOrUpdate(fault.Kind, 1, (_, count) => count + 1);
            if (jobs > 0) _hits.AddOrUpdate(fault.Kind, 1, (_, count) => count + 1);
            say(string.Create(CultureInfo.InvariantCulture,
                $"{fault}; began at {began.TotalSeconds:0.0} s with {(jobs is null ? "Redis away" : $"{jobs} jobs running")}, over at "
                + $"{Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s"));
        }
        finally
        {
            target.Release();
        }
    }

    private Task DoAsync(Fault fault, CancellationToken cancellationToken) => fault.Kind switch
    {
        FaultKind.KillWorker => KillAsync(cluster.Workers[fault.Index], fault, cancellationToken),
        FaultKind.KillStore => KillAsync(cluster.ParameterStores[fault.Index], fault, cancellationToken),
        FaultKind.KillCoordinator => KillAsync(cluster.Coordinator, fault, cancellationToken),
        FaultKind.StopWorker => StopAsync(cluster.Workers[fault.Index], fault, cancellationToken),
        FaultKind.SuspendWorker => SuspendAsync(cluster.Workers[fault.Index], fault, cancellationToken),
        FaultKind.SuspendStore => SuspendAsync(cluster.ParameterStores[fault.Index], fault, cancellationToken),
        FaultKind.SuspendCoordinator => SuspendAsync(cluster.Coordinator, fault, cancellationToken),
        FaultKind.RestartRedis => RestartAsync(cluster.Redis, fault, cancellationToken),
        FaultKind.RestartBroker => RestartAsync(broker, fault, cancellationToken),
        _ => DisturbAsync(LinkOf(fault.Index), fault, cancellationToken),
    };

    private FaultyLink LinkOf(int index) => index switch
    {
        0 => cluster.Links!.Redis,
        1 => cluster.Links!.Messaging,
        _ => cluster.Links!.ParameterStores[index - 2],
    };

    private static void RequireRunning(ServiceProcess process)
    {
        if (!process.IsRunning) throw new InvalidOperationException($"{process.Instance} ended by itself");
    }

    private static async Task KillAsync(ServiceProcess process, Fault fault, CancellationToken cancellationToken)
    {
        RequireRunning(process);
        await process.KillAsync(cancellationToken);
        await Task.Delay(fault.Length, cancellationToken);
        await process.StartAsync(cancellationToken);
    }

    private static async Task StopAsync(ServiceProcess process, Fault fault, CancellationToken cancellationToken)
    {
        RequireRunning(process);
        if (await process.StopAsync(cancellationToken) is not 0 and var code)
            throw new InvalidOperationException($"{process.Instance} was told to stop and ended with exit code {code}");
        await Task.Delay(fault.Length, cancellationToken);
        await process.StartAsync(cancellationToken);
    }

    private static async Task SuspendAsync(ServiceProcess process, Fault fault, CancellationToken cancellationToken)
    {
        RequireRunning(process);
        process.Suspend();
        await Task.Delay(fault.Length, cancellationToken);
        process.Resume();
    }

    private static async Task RestartAsync(ServerProcess server, Fault fault, CancellationToken cancellationToken)
    {
        await server.KillAsync(cancellationToken);
        await Task.Delay(fault.Length, cancellationToken);
        await server.RestartAsync(cancellationToken);
    }

    private static async Task DisturbAsync(FaultyLink link, Fault fault, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.CutLink:
                link.Cut();
                break;
            case FaultKind.HoldLink:
                link.Hold();
                await Task.Delay(fault.Length, cancellationToken);
                link.Release();
                break;
            case FaultKind.DelayLink:
                link.Delay = fault.Delay;
                await Task.Delay(fault.Length, cancellationToken);
                link.Delay = TimeSpan.Zero;
                break;
            default:
                throw new InvalidOperationException($"{fault.Kind} is no fault of a link");
        }
    }
}
