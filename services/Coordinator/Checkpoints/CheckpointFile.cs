using System.Globalization;
using System.Text.Json;
using Cluster.Contracts.Errors;
using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Models.Safetensors;
using Cluster.Protocol.Plans;
using Cluster.Storage.Checkpoints;

namespace Cluster.Coordinator.Checkpoints;

/// <summary>A checkpoint as a safetensors file: which tensors it has, and what its metadata says. The layout is in docs/checkpoints.md.</summary>
internal static class CheckpointFile
{
    /// <summary>The format that this version writes, and the only one that it reads.</summary>
    public const string FormatVersion = "1";

    /// <summary>Most optimizer slots of a plan; the optimizers that there are have at most 2.</summary>
    private const int MaxSlots = 8;

    private static readonly JsonSerializerOptions PlanJson = new(SpecJson.Options) { RespectNullableAnnotations = true };

    private const string FormatName = "cluster.format", PlanName = "cluster.plan", ClockName = "cluster.clock", ExamplesName = "cluster.examples";
    private const string FingerprintName = "cluster.fingerprint", DataHashName = "cluster.data_sha256";

    /// <summary>The header of the file.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="dataHash">SHA-256 of the file's data in order, lower-case hexadecimal.</param>
    public static SafetensorsHeader Describe(StoredCheckpoint checkpoint, string dataHash)
    {
        var plan = checkpoint.Plan;
        var metadata = new Dictionary<string, string>
        {
            [FormatName] = FormatVersion,
            ["cluster.checkpoint"] = checkpoint.Id,
            ["cluster.model"] = plan.Spec.Model,
            ["cluster.seed"] = plan.Spec.Seed.ToString(CultureInfo.InvariantCulture),
            ["cluster.data_fingerprint"] = plan.DataFingerprint,
            [ClockName] = checkpoint.State.Clock.ToString(CultureInfo.InvariantCulture),
            ["cluster.epochs"] = checkpoint.Epochs.ToString("R", CultureInfo.InvariantCulture),
            [ExamplesName] = checkpoint.State.Examples.ToString(CultureInfo.InvariantCulture),
            [FingerprintName] = checkpoint.Fingerprint,
            [DataHashName] = dataHash,
            [PlanName] = JsonSerializer.Serialize(plan, SpecJson.Options),
        };
        var tensors = new List<SafetensorsTensor>();
        long begin = 0;
        for (var vector = 0; vector <= plan.Slots; vector++)
        {
            foreach (var tensor in plan.Tensors.OrderBy(tensor => tensor.First))
            {
                var end = begin + ((long)tensor.Length * sizeof(float));
                tensors.Add(new SafetensorsTensor(NameOf(vector, tensor.Name), tensor.Shape, begin, end));
                begin = end;
            }
        }

        return new SafetensorsHeader(metadata, tensors);
    }

    /// <summary>Reads what a file says of itself, and checks it against the model that it names.</summary>
    /// <param name="header">The file's header.</param>
    /// <param name="like">The plan to go by for a file that another program wrote; null for none.</param>
    /// <param name="models">The models that there are.</param>
    /// <exception cref="SafetensorsException">It is no checkpoint, or not of a model that is known here.</exception>
    public static ImportedCheckpoint Read(SafetensorsHeader header, TrainingPlan? like, ModelCatalog models)
    {
        var isOurs = header.Metadata.ContainsKey(FormatName);
        if (!isOurs && like is null)
        {
            throw new SafetensorsException(
                $"the file has no metadata '{FormatName}', so no cluster wrote it; name a job or checkpoint of the same model with --like");
        }

        var plan = RequireSane(isOurs ? ReadPlan(header) : like!, models);
        var slots = Slots(header, plan);
        RequireTensors(header, plan, slots);
        return new ImportedCheckpoint
        {
            Plan = plan with { Slots = slots, Offsets = [0, plan.Parameters], Start = null },
            Clock = isOurs ? Number(header, ClockName) : 0,
            Examples = isOurs ? Number(header, ExamplesName) : 0,
            Fingerprint = header.Metadata.GetValueOrDefault(FingerprintName, ""),
            DataHash = header.Metadata.GetValueOrDefault(DataHashName, ""),
            Placement = [.. header.Tensors.Select(tensor => Place(tensor, plan, slots))],
        };
    }

    private static TrainingPlan ReadPlan(SafetensorsHeader header)
    {
        if (header.Metadata[FormatName] is var version && version != FormatVersion)
            throw new SafetensorsException($"the file is of format {version}; this version reads format {FormatVersion}");
        try
        {
            return JsonSerializer.Deserialize<TrainingPlan>(header.Metadata.GetValueOrDefault(PlanName, ""), PlanJson)
                ?? throw new SafetensorsException($"metadata '{PlanName}' is null");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair.
            throw new SafetensorsException($"metadata '{PlanName}' cannot be read: {SpecViolation.Shown(e.Message)}", e);
        }
    }

    /// <summary>A plan is data from elsewhere: nothing of it is taken before it agrees with the model that it names.</summary>
    private static TrainingPlan RequireSane(TrainingPlan plan, ModelCatalog models)
    {
        if (plan is not
            {
                Spec: not null, Tensors: not null, Offsets: not null, FeatureNames: not null, DataFingerprint: not null, Features: > 0, Rows: > 0,
                Slots: >= 0 and <= MaxSlots, TestRows: >= 0
            }
            || plan.TestRows >= plan.Rows || plan.FeatureNames.Any(name => name is null))
        {
            throw new SafetensorsException($"metadata '{PlanName}' lacks what a plan has, or has a number that no plan has");
        }

        if (plan.FeatureNames.Count > 0 && plan.FeatureNames.Count != plan.Features)
            throw new SafetensorsException($"metadata '{PlanName}' has {plan.FeatureNames.Count} names of {plan.Features} features");
        if (plan.Standardisation is { } values && (values.Means?.Count != plan.Features || values.Deviations?.Count != plan.Features
            || !values.Deviations.All(d => d > 0 && double.IsFinite(d)) || !values.Means.All(double.IsFinite)))
            throw new SafetensorsException($"metadata '{PlanName}' has no finite mean and deviation above 0 for each of {plan.Features} features");
        if (plan.Spec.Validate() is { Count: > 0 } wrong)
            throw new SafetensorsException($"the spec in metadata '{PlanName}' is wrong: {string.Join("; ", wrong)}");
        try
        {
            var model = models.Create(plan.Spec, plan.Features, plan.Rows);
            var layout = model.Layout;
            if (model.Metrics.All(metric => metric.Name != plan.Spec.Monitor)) throw new ArgumentException($"it has no metric '{plan.Spec.Monitor}'");
            // What cannot be counted in steps could not be shown either.
            _ = plan.Schedule().TotalClocks + plan.CheckpointClocks() + plan.Evaluations().Every;
            return plan with
            {
                Offsets = [0, layout.Length],
                Metrics = model.Metrics,
                Tensors = [.. layout.Tensors.Select(tensor => new PlannedTensor(tensor.Name, tensor.Shape, tensor.Offset, tensor.Length))],
            };
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new SafetensorsException($"model '{plan.Spec.Model}' cannot be made here: {SpecViolation.Shown(FailureText.Of(e))}", e);
        }
    }

    // All slots or none: a file without them can still predict, and give its parameters to a new job.
    private static int Slots(SafetensorsHeader header, TrainingPlan plan)
    {
        var slots = plan.Slots;
        var hasSome = Enumerable.Range(1, slots).Any(slot => plan.Tensors.Any(tensor => Has(header, NameOf(slot, tensor.Name))));
        return hasSome ? slots : 0;
    }

    private static void RequireTensors(SafetensorsHeader header, TrainingPlan plan, int slots)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var vector = 0; vector <= slots; vector++)
        {
            foreach (var tensor in plan.Tensors)
            {
                var name = NameOf(vector, tensor.Name);
                known.Add(name);
                var there = header.Tensors.FirstOrDefault(t => t.Name == name) ?? throw new SafetensorsException($"tensor '{name}' is missing");
                if (!there.Shape.SequenceEqual(tensor.Shape))
                {
                    throw new SafetensorsException(
                        $"tensor '{name}' has shape {Continuation.Shown(there.Shape)}; model '{plan.Spec.Model}' has shape {Continuation.Shown(tensor.Shape)}");
                }
            }
        }

        if (header.Tensors.FirstOrDefault(tensor => !known.Contains(tensor.Name)) is { } stranger)
            throw new SafetensorsException($"tensor '{stranger.Name}' does not belong to model '{plan.Spec.Model}'");
    }

    private static TensorPlace Place(SafetensorsTensor tensor, TrainingPlan plan, int slots)
    {
        for (var vector = 0; vector <= slots; vector++)
        {
            if (plan.Tensors.FirstOrDefault(planned => NameOf(vector, planned.Name) == tensor.Name) is { } planned)
                return new TensorPlace(tensor, vector, planned.Offset);
        }

        throw new SafetensorsException($"tensor '{tensor.Name}' does not belong to model '{plan.Spec.Model}'");
    }

    private static long Number(SafetensorsHeader header, string name) =>
        header.Metadata.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new SafetensorsException($"metadata '{name}' must be a whole number from 0");

    private static bool Has(SafetensorsHeader header, string name) => header.Tensors.Any(tensor => tensor.Name == name);

    private static string NameOf(int vector, string tensor) =>
        vector == 0 ? tensor : string.Create(CultureInfo.InvariantCulture, $"optimizer.slot{vector}.{tensor}");
}
