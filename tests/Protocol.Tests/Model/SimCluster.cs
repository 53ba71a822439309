namespace Cluster.Protocol.Tests.Model;

/// <summary>Processes, network, store and broker around the real protocol classes; one action at a time, chosen from the seed.</summary>
internal sealed class SimCluster
{
    private const int CalmActions = 60_000;
    private const int MaxMessages = 15;

    private readonly List<SimParameterStore> _stores = [];
    private readonly List<SimProcess> _processes = [];
    private ulong _lastId = 100;
    private bool _isCalm;

    public SimCluster(Scenario scenario)
    {
        Scenario = scenario;
        Random = new SimRandom(scenario.Seed);
        Jobs = [.. scenario.Jobs.Select((job, index) => new SimJob(index, job))];
        Store = new SimRedis(Jobs, scenario.Mutation);
        Network = new SimNetwork(Random) { Faults = scenario.NetworkFaults };
        for (var task = 0; task < scenario.Tasks; task++)
            StartStore(task);
        StartCoordinator();
        for (var worker = 0; worker < scenario.Workers; worker++)
            StartWorker();
    }

    public Scenario Scenario { get; }

    public SimRandom Random { get; }

    public IReadOnlyList<SimJob> Jobs { get; }

    public SimRedis Store { get; }

    public SimBroker Broker { get; } = new();

    public SimNetwork Network { get; }

    public List<SimWorker> Workers { get; } = [];

    public List<SimCoordinator> Coordinators { get; } = [];

    /// <summary>The exchange streams that are open, and whose they are.</summary>
    public Dictionary<ulong, SimWorker> Streams { get; } = [];

    public TimeSpan Now { get; private set; }

    /// <summary>Each job is finished, or it was cancelled and nobody works for it any more.</summary>
    public bool IsFinished => Jobs.All(IsOver);

    public int Actions { get; private set; }

    /// <summary>Actions in which a job must finish when all is well: where each clock is a segment, each has a commit of two steps.</summary>
    private int Patience => CalmActions + (int)(4 * Scenario.CommitDelay.TotalSeconds * Jobs.Max(job => job.Problem.Schedule.TotalClocks));

    /// <summary>How often a worker went over to another job.</summary>
    public int Switches { get; set; }

    /// <summary>Faults for a while; then all is well, with one worker, and every job must finish.</summary>
    /// <exception cref="ProtocolViolationException">A check failed, or a job is stuck.</exception>
    public void Run()
    {
        for (var i = 0; i < Scenario.Actions * Jobs.Count && !IsFinished; i++)
        {
            if (Scenario.ActionsPerFault > 0 && Random.OneIn(Scenario.ActionsPerFault))
                Fault();
            Act();
        }

        Calm();
        for (var i = 0; i < Patience * Jobs.Count && !IsFinished; i++)
        {
            Act();
            // Leases that were lost to processes which ended are taken again.
            if (i % 50 == 0)
                StartMissing();
        }

        if (!IsFinished)
            throw new ProtocolViolationException($"stuck: {Describe()}");
        Store.CheckEnd();
    }

    public SimJob PickJob() => Jobs.Count == 1 ? Jobs[0] : Random.Pick(Jobs);

    public ulong OpenStream(SimWorker worker)
    {
        var stream = ++_lastId;
        Streams.Add(stream, worker);
        return stream;
    }

    /// <summary>The process that holds a ps task's index, or under faults any other one that had it and lives.</summary>
    public SimParameterStore? Connect(int task)
    {
        SimParameterStore[] alive = [.. _stores.Where(store => store.Index == task && !store.IsDead)];
        return _isCalm || alive.Length == 0 || Random.Chance(70) ? Holder(task) : Random.Pick(alive);
    }

    public SimParameterStore? Holder(int task) =>
        Store.State.TaskHolders.TryGetValue(task, out var id) ? _stores.Find(store => store.Id == id && !store.IsDead) : null;

    /// <summary>Whether the holder of a lease no longer renews it, and time has passed.</summary>
    public bool IsLeaseOver(ulong holder)
    {
        var process = _processes.Find(process => process.Id == holder);
        return process is null or { IsRunning: false } && (_isCalm || Random.OneIn(3));
    }

    private bool IsOver(SimJob job)
    {
        var stored = Store.State[job];
        return stored.IsFinished || (stored.IsCancelled && job.Scenario.CancelAt > 0 && !Broker.HasItemsOf(job));
    }

    private void Act()
    {
        Actions++;
        Now += TimeSpan.FromSeconds(1);
        foreach (var job in Jobs)
            CancelWhereDue(job);
        if (Network.Count > 0 && (Network.Count > MaxMessages * Jobs.Count || Random.Chance(70)))
        {
            Network.DeliverOne();
            return;
        }

        var process = Random.Pick(_processes);
        if (process.IsRunning)
            process.Act();
        else if (process.IsDead)
            Forget(process);
    }

    /// <summary>A user whose word the store has lost finds the job running, and says it again.</summary>
    private void CancelWhereDue(SimJob job)
    {
        var at = job.Scenario.CancelAt * Jobs.Count;
        var isUnwanted = at > 0 && Actions >= at && Store.State[job].IsRunning;
        if (isUnwanted && (Actions == at || Random.OneIn(100)))
            Store.Cancel(job);
    }

    private void Fault()
    {
        switch (Random.Next(10))
        {
            case 0 or 1:
                Random.Pick(_processes).Kill();
                break;
            case 2:
                Random.Pick(_processes).IsPaused = true;
                break;
            case 3 or 4:
                Random.Pick(_processes).IsPaused = false;
                break;
            case 5:
                Store.Crash(Random);
                break;
            case 6:
                Broker.Restart();
                break;
            case 7:
                Store.ExpireSnapshot(Random);
                break;
            case 8:
                Store.Sync();
                break;
            default:
                StartMissing();
                if (Workers.Count < Scenario.Workers)
                    StartWorker();
                break;
        }
    }

    /// <summary>
    /// No more faults: what was stopped is gone or goes on, what must be there is there. The one worker is a new one, or one in
    /// the midst of its work; of several jobs it may also be all that live.
    /// </summary>
    private void Calm()
    {
        _isCalm = true;
        Network.Faults = 0;
        var survivor = Random.Chance(50) ? Workers.Find(worker => !worker.IsDead) : null;
        var allSurvive = survivor is not null && Jobs.Count > 1 && Random.Chance(50);
        foreach (var process in _processes.ToArray())
        {
            process.IsPaused = false;
            if (process is SimWorker && process != survivor && !allSurvive)
                process.Kill();
        }

        Broker.Restart();
        if (survivor is null)
            StartWorker();
        StartMissing();
    }

    private void StartMissing()
    {
        for (var task = 0; task < Scenario.Tasks; task++)
        {
            if (!_stores.Exists(store => store.Index == task && store.IsRunning))
                StartStore(task);
        }

        if (!Coordinators.Exists(coordinator => coordinator.IsRunning))
            StartCoordinator();
    }

    private void StartStore(int task)
    {
        var store = new SimParameterStore(this, ++_lastId, task);
        _stores.Add(store);
        _processes.Add(store);
    }

    private void StartCoordinator()
    {
        var coordinator = new SimCoordinator(this, ++_lastId);
        Coordinators.Add(coordinator);
        _processes.Add(coordinator);
    }

    private void StartWorker()
    {
        var worker = new SimWorker(this, ++_lastId);
        Workers.Add(worker);
        _processes.Add(worker);
    }

    private void Forget(SimProcess process)
    {
        _processes.Remove(process);
        _ = process switch
        {
            SimParameterStore store => _stores.Remove(store),
            SimCoordinator coordinator => Coordinators.Remove(coordinator),
            SimWorker worker => Workers.Remove(worker),
            _ => false,
        };
        if (_processes.Count == 0)
            StartMissing();
    }

    private string Describe()
    {
        var state = Store.State;
        var jobs = Jobs.Select(job =>
            $"{job.Name} {state[job].Record.Generation} manifest {state[job].Record.Manifest?.Clock} of "
            + $"{job.Problem.Schedule.TotalClocks}{(IsOver(job) ? " over" : "")}");
        return $"{string.Join("; ", jobs)}; {string.Join("; ", _stores.Select(store => store.Describe()))}; "
            + $"{string.Join("; ", Workers.Select(worker => worker.Describe()))}; {Network.Count} messages; {Broker.Describe()}; {Scenario}";
    }
}
