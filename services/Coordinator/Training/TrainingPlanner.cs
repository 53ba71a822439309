using System.Runtime.InteropServices;
using Cluster.Contracts.Jobs;
using Cluster.Persistence.Data;
using Cluster.Protocol.Optimizers;
using Cluster.Training.Data;
using Cluster.Training.Models;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using V1 = Cluster.Contracts.Parameters.V1;

namespace Cluster.Coordinator.Training;

/// <summary>Turns a spec into a plan, once data, model and ps tasks are known; and a plan into what a ps task is told.</summary>
internal sealed class TrainingPlanner(ModelCatalog models, RedisDataSets data, IOptions<CoordinatorOptions> options)
{
    /// <summary>Initial values that an Open spells out; longer ones must be one value everywhere.</summary>
    private const int MaxInitialValues = 256 * 1024;

    /// <summary>Everything that is wrong with a spec in this cluster, beyond what <see cref="TrainingSpec.Validate"/> finds.</summary>
    public async Task<IReadOnlyList<SpecViolation>> CheckAsync(TrainingSpec spec, int stores, CancellationToken cancellationToken)
    {
        if (!models.Names.Contains(spec.Model))
            return [new SpecViolation("model", spec.Model, $"must be {string.Join(" or ", models.Names)}")];
        DataManifest? manifest = spec.Data is null ? null : await data.FindAsync(spec.Data, cancellationToken);
        if (spec.Data is not null && manifest is null)
            return [new SpecViolation("data", spec.Data, "must be the id of a loaded data set")];
        if (manifest is not null && manifest.Label != spec.Label)
            return [new SpecViolation("label", spec.Label!, $"must be the label that the data set was loaded with, {manifest.Label}")];
        return CheckModel(spec, manifest, Math.Max(1, spec.ParameterStores > 0 ? spec.ParameterStores : stores));
    }

    /// <summary>The plan of a job over this many ps tasks; fewer where there are not as many parameters.</summary>
    /// <exception cref="ArgumentException">The model is not for such data.</exception>
    /// <exception cref="DataFormatException">The data set is gone.</exception>
    public async Task<TrainingPlan> PlanAsync(TrainingSpec spec, int stores, CancellationToken cancellationToken)
    {
        DataManifest? manifest = spec.Data is null
            ? null
            : await data.FindAsync(spec.Data, cancellationToken) ?? throw new DataFormatException($"data set '{spec.Data}' is not kept any more");
        (int features, long rows) = Shape(manifest);
        IModel model = models.Create(spec, features, rows);
        int tasks = Math.Min(stores, model.Layout.Length);
        return new TrainingPlan
        {
            Spec = spec,
            Rows = rows,
            Features = features,
            Offsets = [.. Enumerable.Range(0, tasks + 1).Select(task => (int)((long)model.Layout.Length * task / tasks))],
            Streams = Streams(spec, model.Layout.Length, tasks),
            Slots = spec.Optimizer == TrainingNames.Adagrad ? 1 : 0,
            Tensors = [.. model.Layout.Tensors.Select(tensor => new PlannedTensor(tensor.Name, tensor.Shape, tensor.Offset, tensor.Length))],
        };
    }

    /// <summary>Keeps a job's data set while the job runs.</summary>
    public Task ProlongAsync(string id, CancellationToken cancellationToken) => data.ProlongAsync(id, options.Value.JobRetention, cancellationToken);

    /// <summary>What a ps task needs to know of its range; the same each time.</summary>
    public V1.Model ModelOf(TrainingPlan plan, int task)
    {
        IModel model = models.Create(plan.Spec, plan.Features, plan.Rows);
        return new V1.Model
        {
            Lanes = plan.Spec.Lanes,
            Offset = plan.Offsets[task],
            Length = plan.Length(task),
            Streams = plan.Streams,
            Mode = plan switch { { Staleness: not null } => V1.Mode.Bounded, { IsAsync: true } => V1.Mode.Asynchronous, _ => V1.Mode.Synchronous },
            Staleness = plan.Staleness ?? 0,
            Optimizer = OptimizerOf(plan.Spec, model.Scale),
            Initial = InitialOf(model, plan, task),
        };
    }

    /// <summary>Checks that every ps task can be told its range.</summary>
    /// <exception cref="NotSupportedException">The model starts with more different values than can be sent.</exception>
    public void RequireModels(TrainingPlan plan)
    {
        for (int task = 0; task < plan.Stores; task++) _ = ModelOf(plan, task);
    }

    /// <summary>Where the variables lie, <c>name device</c> each; a variable that several ps tasks share is named by its parts.</summary>
    public static IEnumerable<string> Placements(TrainingPlan plan)
    {
        foreach (PlannedTensor tensor in plan.Tensors)
        {
            for (int task = 0; task < plan.Stores; task++)
            {
                int from = Math.Max(tensor.Offset, plan.Offsets[task]) - tensor.Offset;
                int to = Math.Min(tensor.Offset + tensor.Length, plan.Offsets[task + 1]) - tensor.Offset;
                if (from >= to) continue;
                string part = to - from == tensor.Length ? tensor.Name : $"{tensor.Name}[{from}:{to}]";
                yield return $"{part} /job:ps/replica:0/task:{task}/device:CPU:0";
            }
        }
    }

    private IReadOnlyList<SpecViolation> CheckModel(TrainingSpec spec, DataManifest? manifest, int stores)
    {
        (int features, long rows) = Shape(manifest);
        try
        {
            int parameters = models.Create(spec, features, rows).Layout.Length;
            return spec.ValidateStaging(parameters, Math.Min(stores, parameters), streams: 1);
        }
        catch (ArgumentException e)
        {
            return [new SpecViolation("model", spec.Model, $"is not for this data: {e.Message}")];
        }
    }

    private static (int Features, long Rows) Shape(DataManifest? manifest) =>
        manifest is null ? (1, LineExample.Rows) : (manifest.Features.Count, manifest.Rows);

    // A stream for each lane's worker, as many again for those that replace them while their connections linger.
    private static int Streams(TrainingSpec spec, int parameters, int stores)
    {
        int wanted = (2 * spec.Lanes) + 2;
        while (wanted > 1 && spec.StagingBytes(parameters, stores, wanted) > TrainingSpec.MaxStagingBytes) wanted--;
        return wanted;
    }

    private static V1.Optimizer OptimizerOf(TrainingSpec spec, GradientScale scale)
    {
        var optimizer = new V1.Optimizer
        {
            // With local steps the job's rate is the lanes'; what a ps task applies is their differences.
            LearningRate = spec.LocalSteps > 1 ? LocalDescent.RuleOfStore(scale).LearningRate : spec.LearningRate,
            Scale = scale == GradientScale.Sum ? V1.GradientScale.Sum : V1.GradientScale.Mean,
        };
        if (spec.Optimizer == TrainingNames.Adagrad)
            optimizer.Adagrad = new V1.Adagrad { InitialAccumulator = spec.InitialAccumulator };
        else
            optimizer.Sgd = new V1.Sgd();
        return optimizer;
    }

    private static V1.Initial InitialOf(IModel model, TrainingPlan plan, int task)
    {
        var values = new float[plan.Length(task)];
        model.Initialise(plan.Spec.Seed, plan.Offsets[task], values);
        if (!values.AsSpan().ContainsAnyExcept(values[0])) return new V1.Initial { Constant = values[0] };
        return values.Length <= MaxInitialValues
            ? new V1.Initial { Values = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) }
            : throw new NotSupportedException($"model '{model.Name}' starts with {values.Length} different values on a ps task; the most is {MaxInitialValues}");
    }
}
