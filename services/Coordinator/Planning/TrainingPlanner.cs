using System.Runtime.InteropServices;
using Cluster.Compute.Optimizers;
using Cluster.Contracts.Errors;
using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Dense;
using Cluster.Models.Parameters;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Shards;
using Cluster.Storage.Data;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Coordinator.Planning;

/// <summary>Turns a spec into a plan, once data, model and ps tasks are known; and a plan into what a ps task is told.</summary>
internal sealed class TrainingPlanner(ModelCatalog models, RedisDataSets data, IOptions<CoordinatorOptions> options)
{
    /// <summary>Initial values that an Open spells out; longer ones must be one value everywhere.</summary>
    private const int MaxInitialValues = 256 * 1024;

    private readonly DataPlanner _dataPlanner = new(data);
    private readonly LabelPlanner _labels = new(data, new LabelCounts(data));
    private readonly ClassAdvice _advice = new(new LabelCounts(data));

    /// <summary>The spec with the id of its data set, where it gives the name, and with the classes of its labels, where it asks for those.</summary>
    /// <exception cref="DataFormatException">A part of the data set is gone or damaged.</exception>
    public async Task<TrainingSpec> ResolveAsync(TrainingSpec spec, CancellationToken cancellationToken) =>
        await _labels.WithClassesAsync(
            spec.Data is { } name && await data.ResolveAsync(name, cancellationToken) is { } id ? spec with { Data = id } : spec, cancellationToken);

    /// <summary>Everything that is wrong with a spec in this cluster, beyond what <see cref="TrainingSpec.Validate"/> finds.</summary>
    public async Task<IReadOnlyList<SpecViolation>> CheckAsync(TrainingSpec spec, int stores, CancellationToken cancellationToken)
    {
        if (!models.Names.Contains(spec.Model))
            return [new SpecViolation("model", spec.Model, $"must be {string.Join(" or ", models.Names)}")];
        var record = spec.Data is null ? null : await data.FindAsync(spec.Data, cancellationToken);
        if (spec.Data is not null && record is null)
            return [new SpecViolation("data", spec.Data, "must be the name or the id of a data set")];
        if (record is not null && spec.Label is not null && record.Label != spec.Label)
            return [new SpecViolation("label", spec.Label, $"must be the label that the data set was loaded with, {record.Label}")];
        if (DataPlanner.Check(spec, record) is { Count: > 0 } violations)
            return violations;
        if (await _labels.CheckAsync(spec, record, cancellationToken) is { Count: > 0 } labels)
            return labels;
        if (await _advice.CheckAsync(spec, record, cancellationToken) is { Count: > 0 } classes)
            return classes;
        return CheckModel(spec, record, Math.Max(1, spec.ParameterStores > 0 ? spec.ParameterStores : stores));
    }

    /// <summary>The plan of a job over this many ps tasks; fewer where there are not as many parameters.</summary>
    /// <exception cref="ArgumentException">The model is not for such data.</exception>
    /// <exception cref="DataFormatException">The data set is gone.</exception>
    public async Task<TrainingPlan> PlanAsync(TrainingSpec spec, int stores, CancellationToken cancellationToken)
    {
        var record = spec.Data is null
            ? null
            : await data.FindAsync(spec.Data, cancellationToken) ?? throw new DataFormatException($"data set '{spec.Data}' is not kept any more");
        var planned = await _dataPlanner.PlanAsync(spec, record, cancellationToken);
        var (features, rows) = (planned.Features, planned.Rows);
        var partition = PartitionPlan.Of(models.Create(spec, features, rows), spec, stores);
        var model = partition.Model;
        return new TrainingPlan
        {
            Spec = spec,
            Rows = rows,
            TestRows = planned.TestRows,
            Standardisation = planned.Standardisation,
            DataFingerprint = planned.Fingerprint,
            FeatureNames = record?.Features ?? [],
            Features = features,
            Offsets = partition.Offsets,
            Streams = Streams(spec, partition.Parameters, partition.Tasks),
            Slots = spec.ToMessage(model.Scale, steps: 1).ToOptimizer().Slots,
            Metrics = model.Metrics,
            Warnings = await _advice.WarningsAsync(spec, record, cancellationToken),
            Tensors = [.. TensorsOf(model)],
        };
    }

    /// <summary>Bytes of one commit of a job: its parameters, and what the optimizer keeps beside them.</summary>
    public async Task<long> SnapshotBytesAsync(TrainingSpec spec, CancellationToken cancellationToken)
    {
        var (features, rows) = Shape(spec.Data is null ? null : await data.FindAsync(spec.Data, cancellationToken));
        var model = models.Create(spec, features, rows);
        return PartitionPlan.Of(model, spec, stores: 1).Parameters * (1L + spec.ToMessage(model.Scale, steps: 1).ToOptimizer().Slots) * sizeof(float);
    }

    /// <summary>Keeps a job's data set while the job runs.</summary>
    public Task ProlongAsync(string id, CancellationToken cancellationToken) => data.ProlongAsync(id, options.Value.JobRetention, cancellationToken);

    /// <summary>What a ps task needs to know of its range; the same each time.</summary>
    public V1.Shard ShardOf(TrainingPlan plan, int task)
    {
        var model = PartitionedModel.Of(models.Create(plan.Spec, plan.Features, plan.Rows), plan.TensorNames);
        return new V1.Shard
        {
            Lanes = plan.Spec.Lanes,
            Offset = plan.Offsets[task],
            Length = plan.Length(task),
            Streams = plan.Streams,
            Mode = plan switch { { Staleness: not null } => V1.Mode.Bounded, { IsAsync: true } => V1.Mode.Asynchronous, _ => V1.Mode.Synchronous },
            Staleness = plan.Staleness ?? 0,
            Optimizer = OptimizerOf(plan, model.Scale),
            Initial = InitialOf(model, plan, task),
        };
    }

    /// <summary>Checks that every ps task can be told its range.</summary>
    /// <exception cref="NotSupportedException">The model starts with more different values than can be sent.</exception>
    public void RequireShards(TrainingPlan plan)
    {
        for (var task = 0; task < plan.Stores; task++) _ = ShardOf(plan, task);
    }

    /// <summary>Where the variables lie, <c>name device</c> each; a variable that several ps tasks share is named by its parts.</summary>
    public static IEnumerable<string> Placements(TrainingPlan plan)
    {
        foreach (var tensor in plan.Tensors)
        {
            for (var task = 0; task < plan.Stores; task++)
            {
                var from = Math.Max(tensor.Offset, plan.Offsets[task]) - tensor.Offset;
                var to = Math.Min(tensor.Offset + tensor.Length, plan.Offsets[task + 1]) - tensor.Offset;
                if (from >= to) continue;
                var part = to - from == tensor.Length ? tensor.Name : $"{tensor.Name}[{from}:{to}]";
                yield return $"{part} /job:ps/replica:0/task:{task}/device:CPU:0";
            }
        }
    }

    private IReadOnlyList<SpecViolation> CheckModel(TrainingSpec spec, DataSetRecord? record, int stores)
    {
        var (features, rows) = Shape(record);
        if (NetworkSize.Check(spec, features) is { Count: > 0 } size) return size;
        try
        {
            var partition = PartitionPlan.Of(models.Create(spec, features, rows), spec, stores);
            if (partition.Model.Metrics.All(metric => metric.Name != spec.Monitor))
                return [new SpecViolation("monitor", spec.Monitor, $"must be {string.Join(" or ", partition.Model.Metrics.Select(metric => metric.Name))}")];
            return spec.ValidateStaging(partition.Parameters, partition.Tasks, streams: 1);
        }
        catch (ArgumentException e)
        {
            return [new SpecViolation("model", spec.Model, $"is not for this data: {FailureText.Of(e)}")];
        }
    }

    private static IEnumerable<PlannedTensor> TensorsOf(IModel model)
    {
        var own = PartitionedModel.OwnLayout(model).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Offset,
            StringComparer.Ordinal);
        return model.Layout.Tensors.Select(tensor => new PlannedTensor(tensor.Name, tensor.Shape, tensor.Offset, tensor.Length)
        {
            OwnOffset = own[tensor.Name] == tensor.Offset ? null : own[tensor.Name],
        });
    }

    private static (int Features, long Rows) Shape(DataSetRecord? record) =>
        record is null ? (1, LineExample.Rows) : (record.Features.Count, record.Rows);

    // A stream for each lane's worker, as many again for those that replace them while their connections linger.
    private static int Streams(TrainingSpec spec, long parameters, int stores)
    {
        var wanted = (2 * spec.Lanes) + 2;
        while (wanted > 1 && spec.StagingBytes(parameters, stores, wanted) > TrainingSpec.MaxStagingBytes) wanted--;
        return wanted;
    }

    // With local steps the job's rule is the lanes'; what a ps task applies is their differences.
    private static V1.Optimizer OptimizerOf(TrainingPlan plan, GradientScale scale) => plan.Spec.LocalSteps > 1
        ? new V1.Optimizer
        {
            LearningRate = LocalDescent.RuleOfStore(scale).LearningRate.Rate,
            Scale = scale == GradientScale.Sum ? V1.GradientScale.Sum : V1.GradientScale.Mean,
            Sgd = new V1.Sgd(),
        }
        : plan.Spec.ToMessage(scale, plan.Schedule().TotalClocks);

    private static V1.UniformParts PartsOf(IReadOnlyList<UniformStart> starts, TrainingPlan plan, int task)
    {
        var parts = new V1.UniformParts { Seed = plan.Spec.Seed };
        foreach (var start in starts)
        {
            var from = Math.Max(start.First, plan.Offsets[task]);
            var to = Math.Min(start.First + start.Length, plan.Offsets[task + 1]);
            if (from < to)
                parts.Parts.Add(new V1.UniformPart
                {
                    Place = from - plan.Offsets[task],
                    Index = start.Index + (from - start.First),
                    Length = to - from,
                    Bound = start.Bound
                });
        }

        return parts;
    }

    private static V1.Initial InitialOf(IModel model, TrainingPlan plan, int task)
    {
        if (model.Starts is { } starts) return new V1.Initial { Parts = PartsOf(starts, plan, task) };
        var values = new float[plan.Length(task)];
        model.Initialise(plan.Spec.Seed, plan.Offsets[task], values);
        if (!values.AsSpan().ContainsAnyExcept(values[0])) return new V1.Initial { Constant = values[0] };
        return values.Length <= MaxInitialValues
            ? new V1.Initial { Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) }
            : throw new NotSupportedException(
            $"model '{model.Name}' starts with {values.Length} different values on a ps task; the most is {MaxInitialValues}");
    }
}
