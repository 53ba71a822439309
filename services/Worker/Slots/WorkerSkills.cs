namespace Cluster.Worker.Slots;

/// <summary>What a worker's items may ask of it.</summary>
/// <param name="Computations">Names of the computations it can run, on a CPU at least.</param>
/// <param name="Models">Names of the models it can train, on a CPU at least.</param>
internal sealed record WorkerSkills(IReadOnlyList<string> Computations, IReadOnlyList<string> Models)
{
    /// <summary>Those of the computations that it can run on a GPU too.</summary>
    public IReadOnlyList<string> GpuComputations { get; init; } = [];

    /// <summary>Those of the models that it can train on a GPU too.</summary>
    public IReadOnlyList<string> GpuModels { get; init; } = [];
}
