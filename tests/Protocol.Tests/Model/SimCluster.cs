using Cluster.Protocol.Parameters;

namespace Cluster.Protocol.Tests.Model;

/// <summary>Processes, network, store and broker around the real protocol classes; one action at a time, chosen from the seed.</summary>
internal sealed class SimCluster
{
    public const string Job = "job";

    private const int CalmActions = 60_000;
    private const int MaxMessages = 15;

    private readonly List<SimParameterStore> _stores = [];
    private readonly List<SimProcess> _processes = [];
    private ulong _lastId = 100;
    private bool _isCalm;
    private bool _isFinished;

    public SimCluster(Scenario scenario)
    {
        Scenario = scenario;
        Random = new SimRandom(scenario.Seed);
        Problem = new TrainingProblem(scenario);
        Referee = new Referee(Problem, scenario);
        Store = new SimStore(Referee, Problem.Evaluations, scenario.Mutation);
        Network = new SimNetwork(Random) { Faults = scenario.NetworkFaults };
        for (int task = 0; task < scenario.Tasks; task++)
            StartStore(task);
        StartCoordinator();
        for (int worker = 0; worker < scenario.Workers; worker++)
            StartWorker();
    }

    public Scenario Scenario { get; }

    public SimRandom Random { get; }

    public TrainingProblem Problem { get; }

    public Referee Referee { get; }

    public SimStore Store { get; }

    public SimBroker Broker { get; } = new();

    public SimNetwork Network { get; }

    public List<SimWorker> Workers { get; } = [];

    public List<SimCoordinator> Coordinators { get; } = [];

    /// <summary>The exchange streams that are open, and whose they are.</summary>
    public Dictionary<ulong, SimWorker> Streams { get; } = [];

    public TimeSpan Now { get; private set; }

    /// <summary>The coordinator has finished the job, or it was cancelled and nobody works for it any more.</summary>
    public bool IsFinished
    {
        get => _isFinished || (Store.State.IsCancelled && Broker.IsEmpty);
        set => _isFinished = value;
    }

    public int Actions { get; private set; }

    public int Steals { get; set; }

    /// <summary>Faults for a while; then all is well, with one worker, and the job must finish.</summary>
    /// <exception cref="ProtocolViolationException">A check failed, or the job is stuck.</exception>
    public void Run()
    {
        for (int i = 0; i < Scenario.Actions && !IsFinished; i++)
        {
            if (Scenario.ActionsPerFault > 0 && Random.OneIn(Scenario.ActionsPerFault))
                Fault();
            Act();
        }

        Calm();
        for (int i = 0; i < CalmActions && !IsFinished; i++)
        {
            Act();
            // Leases that were lost to processes which ended are taken again.
            if (i % 50 == 0)
                StartMissing();
        }

        if (!IsFinished)
            throw new ProtocolViolationException($"stuck: {Describe()}");
    }

    /// <summary>Pushes and requests by outcome.</summary>
    public long[] Outcomes { get; } = new long[Enum.GetValues<PushOutcome>().Length];

    public ulong OpenStream(SimWorker worker)
    {
        ulong stream = ++_lastId;
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
        Store.State.TaskHolders.TryGetValue(task, out ulong id) ? _stores.Find(store => store.Id == id && !store.IsDead) : null;

    /// <summary>Whether the holder of a lease no longer renews it, and time has passed.</summary>
    public bool IsLeaseOver(ulong holder)
    {
        SimProcess? process = _processes.Find(process => process.Id == holder);
        return process is null or { IsRunning: false } && (_isCalm || Random.OneIn(3));
    }

    private void Act()
    {
        Actions++;
        Now += TimeSpan.FromSeconds(1);
        // A user whose word the store has lost finds the job running, and says it again.
        bool isUnwanted = Scenario.CancelAt > 0 && Actions >= Scenario.CancelAt && !Store.State.IsCancelled && !_isFinished;
        if (isUnwanted && (Actions == Scenario.CancelAt || Random.OneIn(100)))
            Store.Cancel();
        if (Network.Count > 0 && (Network.Count > MaxMessages || Random.Chance(70)))
        {
            Network.DeliverOne();
            return;
        }

        SimProcess process = Random.Pick(_processes);
        if (process.IsRunning)
            process.Act();
        else if (process.IsDead)
            Forget(process);
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

    /// <summary>No more faults: what was stopped is gone or goes on, what must be there is there. The one worker is a new one, or one in the midst of its work.</summary>
    private void Calm()
    {
        _isCalm = true;
        Network.Faults = 0;
        SimWorker? survivor = Random.Chance(50) ? Workers.Find(worker => !worker.IsDead) : null;
        foreach (SimProcess process in _processes.ToArray())
        {
            process.IsPaused = false;
            if (process is SimWorker && process != survivor)
                process.Kill();
        }

        Broker.Restart();
        if (survivor is null)
            StartWorker();
        StartMissing();
    }

    private void StartMissing()
    {
        for (int task = 0; task < Scenario.Tasks; task++)
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
        IEnumerable<string> tasks = _stores.Select(store =>
            $"ps {store.Index} ({store.Id}) {store.Task.Phase} {store.Task.Generation} clocks {string.Join(' ', store.Task.LaneClocks.ToArray())} {store.Task.Segment} snapshot {store.Task.Snapshot.Clock}");
        return $"{Store.State.Record.Generation} manifest {Store.State.Record.Manifest?.Clock} of {Problem.Schedule.TotalClocks}; {string.Join("; ", tasks)}; {string.Join("; ", Workers.Select(worker => worker.Describe()))}; {Network.Count} messages; {Broker.Describe()}; {Scenario}";
    }
}
