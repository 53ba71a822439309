using Cluster.Contracts.Devices;
using Cluster.Storage.Registry;

namespace Cluster.Coordinator.Placements;

/// <summary>What an item asks of the worker that takes it: a computation or a model, for devices of its type.</summary>
/// <param name="Kind">As people call it: <c>computation</c>.</param>
/// <param name="Name">Name of the computation or the model.</param>
internal sealed record WorkSkill(string Kind, string Name)
{
    private const string ComputationKind = "computation";

    public static WorkSkill Computation(string name) => new(ComputationKind, name);

    public static WorkSkill Model(string name) => new("model", name);

    /// <summary>Names of this kind that a worker has, on a CPU at least.</summary>
    public IReadOnlyList<string> All(TaskEntry worker) => Kind == ComputationKind ? worker.Computations : worker.Models;

    /// <summary>Whether a worker has it for its devices of a type.</summary>
    public bool IsOf(TaskEntry worker, DeviceType type) => (type == DeviceType.Gpu ? OnGpu(worker) : All(worker)).Contains(Name);

    private IReadOnlyList<string> OnGpu(TaskEntry worker) => Kind == ComputationKind ? worker.GpuComputations : worker.GpuModels;
}
