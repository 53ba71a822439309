using System.Globalization;
using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;
using Cluster.Storage.Training;

namespace Cluster.Storage.Tests.Training;

/// <summary>
/// What Redis holds of one training job, in C#: the pure rules decide, and this says what a decision writes. It gives
/// the contents of every key of the job, so that Redis can be compared with it whole.
/// </summary>
internal sealed class StoreModel(string job)
{
    public CoordinatorToken Holder { get; set; } = new(1, 1);

    public string State { get; set; } = "running";

    public CommitRecord Protocol { get; private set; } = CommitRecord.New;

    /// <summary>Keys of snapshots that are there, and whether they stay.</summary>
    public Dictionary<string, bool> Snapshots { get; } = new(StringComparer.Ordinal);

    public string? Result { get; private set; }

    private readonly Dictionary<string, long> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _blame = new(StringComparer.Ordinal);
    private bool _isStarted;
    private bool _isPlanned;
    private long? _done;
    private string _reason = "";

    public static string Text(CoordinatorToken token) => string.Create(CultureInfo.InvariantCulture, $"{token.Counter}.{token.Random:x16}");

    public TrainingAnswer Start(GenerationRequest request)
    {
        if (Guard(request.Token) is { } refused) return refused;
        if (!GenerationRule.MayStart(Protocol, Holder, request)) return TrainingAnswer.Moved;
        Protocol = Protocol with { Generation = request.Next, Incarnations = request.Incarnations };
        _isStarted = true;
        Add(_counters, "generations", 1);
        return TrainingAnswer.Done;
    }

    public TrainingAnswer Plan(CoordinatorToken token, CommitManifest? start)
    {
        if (Guard(token) is { } refused) return refused;
        var result = StartRule.Decide(_isPlanned, Holder, token, start, key => Array.TrueForAll(Plans.Keys(key), Snapshots.ContainsKey));
        if (result == StartResult.SnapshotMissing) return TrainingAnswer.SnapshotMissing;
        if (_isPlanned) return TrainingAnswer.Done;
        _isPlanned = true;
        if (start is null) return TrainingAnswer.Done;
        Protocol = Protocol with { Manifest = start };
        foreach (var key in start.Snapshots.SelectMany(Plans.Keys)) Snapshots[key] = true;
        _done = start.Clock;
        return TrainingAnswer.Done;
    }

    public FlipResult Flip(FlipRequest request)
    {
        if (State != "running") return FlipResult.NotCoordinator;
        var result = FlipRule.Decide(Protocol, Holder, request, key => Array.TrueForAll(Plans.Keys(key), Snapshots.ContainsKey));
        if (result != FlipResult.Flipped) return result;
        Protocol = Protocol with { Manifest = request.Next };
        foreach (var key in request.Next.Snapshots.SelectMany(Plans.Keys)) Snapshots[key] = true;
        _done = request.Next.Clock;
        Add(_counters, "commits", 1);
        return result;
    }

    public TrainingAnswer Observe(CoordinatorToken token, IEnumerable<KeyValuePair<string, long>> counts)
    {
        if (Guard(token) is { } refused) return refused;
        foreach (var (counter, value) in counts) _counters[counter] = value;
        return TrainingAnswer.Done;
    }

    public long? Blame(Generation generation, string field, long by)
    {
        if (!IsWanted(generation)) return null;
        if (by >= 0) return Add(_blame, field, by);
        _blame.Remove(field);
        return 0;
    }

    public TrainingAnswer RecordResult(CoordinatorToken token, ManifestId manifest, string result)
    {
        if (Guard(token) is { } refused) return refused;
        if (Protocol.Manifest?.Id != manifest) return TrainingAnswer.Moved;
        Result ??= result;
        return TrainingAnswer.Done;
    }

    public TrainingAnswer Finish(CoordinatorToken token, ManifestId manifest, string reason)
    {
        if (Guard(token) is { } refused) return refused;
        if (Protocol.Manifest?.Id != manifest || Protocol.End is not null) return TrainingAnswer.Moved;
        Protocol = Protocol with { End = manifest.Clock };
        (_done, _reason) = (manifest.Clock, reason);
        return TrainingAnswer.Done;
    }

    /// <summary>Every key of the job with what it holds: a hash's fields, or whether a snapshot's key stays.</summary>
    public SortedDictionary<string, string> Dump()
    {
        var keys = new SortedDictionary<string, string>(StringComparer.Ordinal) { [$"cluster:job:{{{job}}}"] = Show(Record()) };
        if (Training() is { Count: > 0 } training) keys[$"cluster:job:{{{job}}}:training"] = Show(training);
        if (_blame.Count > 0) keys[$"cluster:job:{{{job}}}:blame"] = Show(_blame.Select(b => KeyValuePair.Create(b.Key, $"{b.Value}")));
        foreach (var (key, stays) in Snapshots) keys[key] = stays ? "stays" : "expires";
        return keys;
    }

    public static string Show(IEnumerable<KeyValuePair<string, string>> fields) =>
        string.Join('\n', fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}"));

    private Dictionary<string, string> Record()
    {
        var fields = new Dictionary<string, string> { ["owner"] = Text(Holder), ["state"] = State };
        if (_isStarted) fields["generation"] = $"{Protocol.Generation}";
        if (_isPlanned) fields["total"] = $"{Plans.Plan.Schedule().TotalClocks}";
        if (_done is { } done) fields["done"] = $"{done}";
        if (Result is not null) fields["result"] = Result;
        return fields;
    }

    private Dictionary<string, string> Training()
    {
        var fields = _counters.ToDictionary(c => c.Key, c => $"{c.Value}");
        if (_isStarted)
        {
            fields["generation"] = $"{Protocol.Generation}";
            fields["incarnations"] = string.Join(',', Protocol.Incarnations.Select(i => i.ToString("x16", CultureInfo.InvariantCulture)));
        }

        if (_isPlanned) fields["plan"] = JsonSerializer.Serialize(Plans.Plan, SpecJson.Options);
        if (Protocol.Manifest is { } manifest)
        {
            fields["manifest"] = JsonSerializer.Serialize(manifest, SpecJson.Options);
            fields["manifest-id"] = $"{manifest.Generation}@{manifest.Clock}";
        }

        if (Protocol.End is { } end) (fields["end"], fields["end-reason"]) = ($"{end}", _reason);
        return fields;
    }

    private TrainingAnswer? Guard(CoordinatorToken token) =>
        token != Holder ? TrainingAnswer.Fenced : State == "running" ? null : TrainingAnswer.Closed;

    private bool IsWanted(Generation generation) => State == "running" && _isStarted && generation == Protocol.Generation;

    private static long Add(Dictionary<string, long> sums, string name, long by) => sums[name] = sums.GetValueOrDefault(name) + by;
}
