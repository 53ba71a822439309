using Cluster.Compute.Optimizers;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Shards;

namespace Cluster.Worker.Training;

/// <summary>What a worker needs to know of a training job to compute any batch of it. Immutable and shared by slots.</summary>
internal sealed class TrainingInputs
{
    /// <exception cref="ArgumentException">Model or data are not what the plan says.</exception>
    public TrainingInputs(TrainingPlan plan, IModel model, DataSet data)
    {
        Require("rows", data.Rows, plan.Rows);
        Require("features", data.FeatureCount, plan.Features);
        Require("parameters", model.Layout.Length, plan.Parameters);
        (Plan, Model, Data) = (plan, model, data);
        Reader = BatchReader.Of(data, plan);
        Tree = new BlockTree(plan.Spec.Lanes);
    }

    public TrainingPlan Plan { get; }

    public IModel Model { get; }

    public DataSet Data { get; }

    public BatchReader Reader { get; }

    public BlockTree Tree { get; }

    /// <summary>The lanes' local steps; null where a lane takes one batch a step.</summary>
    public LaneDescent? CreateDescent() =>
        Plan.Spec.LocalSteps > 1 ? new LaneDescent(Plan.Parameters, Reader, Plan.Spec.LocalSteps, LocalRule()) : null;

    private Sgd LocalRule() => (Sgd)Plan.Spec.ToMessage(Model.Scale, Plan.Schedule().TotalClocks).ToOptimizer();

    private static void Require(string field, long here, long planned)
    {
        if (here != planned)
            throw new ArgumentException($"{field}: this worker has {here}, the job's plan says {planned}");
    }
}
