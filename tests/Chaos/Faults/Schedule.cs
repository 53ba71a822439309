namespace Cluster.Chaos.Faults;

/// <summary>Which faults happen when: a function of seed and duration alone.</summary>
internal static class Schedule
{
    /// <summary>From this duration on, the second half ends no process, so that the memory of each is seen for minutes.</summary>
    public static readonly TimeSpan LongRun = TimeSpan.FromMinutes(5);

    private const double LongestGap = 3;
    private static readonly FaultKind[] Kinds = Enum.GetValues<FaultKind>();

    /// <param name="seed">Of <see cref="Random"/>, whose sequence for a seed is the same on every version of .NET.</param>
    /// <param name="duration">Within which all faults begin.</param>
    /// <param name="workers">Worker processes.</param>
    /// <param name="stores">Ps processes.</param>
    public static IReadOnlyList<Fault> Draw(int seed, TimeSpan duration, int workers, int stores)
    {
        var random = new Random(seed);
        var faults = new List<Fault>();
        var deck = new Queue<FaultKind>();
        // In a short run each kind comes once all the same.
        var meanGap = Math.Min(LongestGap, duration.TotalSeconds / (Kinds.Length + 1));
        for (var at = meanGap * random.NextDouble(); at < duration.TotalSeconds; at += meanGap * (0.5 + random.NextDouble()))
        {
            if (deck.Count == 0) deck = new Queue<FaultKind>(Shuffled(random));
            var fault = DrawOne(random, TimeSpan.FromSeconds(at), deck.Dequeue(), workers, stores);
            if (duration < LongRun || at < duration.TotalSeconds / 2 || !fault.Ends) faults.Add(fault);
        }

        return faults;
    }

    private static Fault DrawOne(Random random, TimeSpan at, FaultKind kind, int workers, int stores)
    {
        var (worker, store, link) = (random.Next(workers), random.Next(stores), random.Next(2 + stores));
        var (part, delay) = (random.NextDouble(), TimeSpan.FromMilliseconds(random.Next(2, 40)));
        var (target, index) = kind switch
        {
            FaultKind.KillWorker or FaultKind.StopWorker or FaultKind.SuspendWorker => (FormattableString.Invariant($"worker-{worker}"), worker),
            FaultKind.KillStore or FaultKind.SuspendStore => (FormattableString.Invariant($"ps-{store}"), store),
            FaultKind.KillCoordinator or FaultKind.SuspendCoordinator => ("coordinator", 0),
            FaultKind.RestartRedis => ("redis", 0),
            FaultKind.RestartBroker => ("messaging", 0),
            _ => (link switch { 0 => "link redis", 1 => "link messaging", _ => FormattableString.Invariant($"link ps-{link - 2}") }, link),
        };
        // A lease lasts five seconds.
        var longest = kind switch
        {
            FaultKind.SuspendWorker or FaultKind.SuspendStore or FaultKind.SuspendCoordinator => 8,
            FaultKind.HoldLink => 6,
            FaultKind.DelayLink => 5,
            FaultKind.CutLink => 0,
            _ => 3,
        };
        return new Fault(at, kind, target, index, TimeSpan.FromSeconds(longest * part), kind == FaultKind.DelayLink ? delay : TimeSpan.Zero);
    }

    private static FaultKind[] Shuffled(Random random)
    {
        var kinds = Kinds.ToArray();
        random.Shuffle(kinds);
        return kinds;
    }
}
