using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Models.Parameters;

namespace Cluster.Coordinator.Planning;

/// <summary>Which ps task holds what: the order of the tensors in the exchanged vector, and where each task's range starts.</summary>
/// <param name="Model">The model with its tensors in that order.</param>
/// <param name="Offsets">Where each task's range starts, and last the number of all parameters.</param>
internal sealed record PartitionPlan(IModel Model, IReadOnlyList<int> Offsets)
{
    public int Tasks => Offsets.Count - 1;

    /// <summary>Parameters that would be there if every range were as long as the longest: what memory is counted by.</summary>
    public long Parameters => (long)Tasks * Enumerable.Range(0, Tasks).Max(task => Offsets[task + 1] - Offsets[task]);

    /// <summary>By the spec: equal ranges, or whole variables in turn, as TensorFlow's replica_device_setter dealt them.</summary>
    public static PartitionPlan Of(IModel model, TrainingSpec spec, int stores) =>
        spec.ParameterPlacement == TrainingNames.Variables ? ByVariable(model, stores) : ByRange(model, stores);

    private static PartitionPlan ByRange(IModel model, int stores)
    {
        var tasks = Math.Min(stores, model.Layout.Length);
        return new PartitionPlan(model, [.. Enumerable.Range(0, tasks + 1).Select(task => (int)((long)model.Layout.Length * task / tasks))]);
    }

    private static PartitionPlan ByVariable(IModel model, int stores)
    {
        var tensors = model.Layout.Tensors;
        var tasks = Math.Min(stores, tensors.Count);
        var offsets = new List<int> { 0 };
        var names = new List<string>();
        for (var task = 0; task < tasks; task++)
        {
            ParameterTensor[] own = [.. tensors.Where((_, i) => i % tasks == task)];
            names.AddRange(own.Select(tensor => tensor.Name));
            offsets.Add(offsets[^1] + own.Sum(tensor => tensor.Length));
        }

        return new PartitionPlan(PartitionedModel.Of(model, names), offsets);
    }
}
