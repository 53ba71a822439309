using System.Globalization;
using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Plans;
using Cluster.Storage.Snapshots;
using StackExchange.Redis;

namespace Cluster.Storage.Training;

/// <content>Evaluations, what is decided from them, and the end of a job.</content>
public sealed partial class RedisTraining
{
    private const string ToEvaluatePrefix = "evaluate|";

    /// <summary>A worker begins its share of an evaluation.</summary>
    /// <returns>The workers that have left it unfinished; null where it is no longer wanted.</returns>
    public Task<long?> BeginEvaluationAsync(EvaluateModel item, bool isRedelivered) =>
        BlameAsync(item, $"evaluation of {FieldOf(item)}", isRedelivered ? 1 : 0);

    /// <summary>A worker's device was lost: its share goes back, and that delivery does not count.</summary>
    /// <returns>How often that happened to it; null where it is no longer wanted.</returns>
    public async Task<long?> LoseDeviceAsync(EvaluateModel item)
    {
        var field = $"evaluation of {FieldOf(item)}";
        await BlameAsync(item, field, -1);
        return await BlameAsync(item, $"lost:{field}", 1);
    }

    /// <summary>Records a worker's share of an evaluation, once; false where the job does not run.</summary>
    public async Task<bool> RecordRangeAsync(EvaluateModel item, EvaluatedRange range) => (string?)await TrainingScripts.RecordRange.EvaluateAsync(
        _database, [.. Keys(item.JobId), TrainingKeys.Evaluations(item.JobId)], FieldOf(item), JsonSerializer.Serialize(range, SpecJson.Options)) == "done";

    /// <summary>The recorded shares of an evaluation, in the order of the items; null for each that is not recorded.</summary>
    public async Task<IReadOnlyList<EvaluatedRange?>> RangesAsync(string id, IReadOnlyList<EvaluateModel> items)
    {
        var recorded = await _database.HashGetAsync(TrainingKeys.Evaluations(id), [.. items.Select(item => (RedisValue)FieldOf(item))]);
        return [.. recorded.Select(value => value.IsNull ? null : JsonSerializer.Deserialize<EvaluatedRange>((string)value!, SpecJson.Options))];
    }

    /// <summary>Decides an evaluation, once.</summary>
    public async Task<TrainingAnswer> DecideAsync(string id, string owner, EvaluationDecision decision, TrainingPlan plan)
    {
        RedisKey[] keys = [.. Keys(id), TrainingKeys.Evaluations(id), .. decision.Released.SelectMany(key => SnapshotParts.Of(key, plan))];
        RedisValue[] decided = [owner, FieldOf(decision.Commit), JsonSerializer.Serialize(decision.State, SpecJson.Options)];
        RedisValue[] ended = decision.End is { } end
            ? [end.Clock, IdOf(end.Id), JsonSerializer.Serialize(end, SpecJson.Options), decision.Reason,
            .. decision.Later.Select(manifest => (RedisValue)FieldOf(manifest))]
            : [];
        return Answer(await TrainingScripts.Decide.EvaluateAsync(_database, keys, [.. decided, .. ended]));
    }

    /// <summary>Ends the training with the commit that is there, which is evaluated where it was not.</summary>
    public Task<TrainingAnswer> EndAsync(string id, string owner, ManifestId manifest, string reason, bool isEvaluated) =>
        ChangeAsync(TrainingScripts.EndHere, id, owner, IdOf(manifest), manifest.Clock, reason, isEvaluated);

    /// <summary>Asks for the end of the training with what is committed next.</summary>
    public Task<TrainingAnswer> CancelAsync(string id, string owner, string reason) => ChangeAsync(TrainingScripts.Cancel, id, owner, reason);

    /// <summary>Records the result that was computed from the last commit, once.</summary>
    public Task<TrainingAnswer> RecordResultAsync(string id, string owner, ManifestId manifest, TrainingResult result) =>
        ChangeAsync(TrainingScripts.RecordResult, id, owner, IdOf(manifest), JsonSerializer.Serialize(result, SpecJson.Options));

    private async Task<long?> BlameAsync(EvaluateModel item, string field, int by)
    {
        var answer = (string)(await TrainingScripts.BeginEvaluation.EvaluateAsync(
            _database, [.. Keys(item.JobId), TrainingKeys.Blame(item.JobId)], field, by))!;
        return answer == "closed" ? null : long.Parse(answer, CultureInfo.InvariantCulture);
    }

    private static string FieldOf(EvaluateModel item) =>
        string.Create(CultureInfo.InvariantCulture, $"{IdOf(item.Commit)}|{item.Set}|{item.From}-{item.To}");

    private static string FieldOf(CommitManifest manifest) => string.Create(CultureInfo.InvariantCulture, $"{ToEvaluatePrefix}{manifest.Clock}");
}
