namespace Cluster.Client.Jobs;

/// <summary>What a worker saw of the model at the end of its segment.</summary>
/// <param name="Task">Full name of the worker task: <c>/job:worker/task:0</c>.</param>
/// <param name="Clock">Clock of these parameters.</param>
/// <param name="Parameters">The tensors in layout order.</param>
public sealed record PartialResult(string Task, long Clock, IReadOnlyList<NamedTensor> Parameters);

/// <summary>A part of a model's parameters.</summary>
/// <param name="Name">Unique in the model.</param>
/// <param name="Values">Row-major.</param>
public sealed record NamedTensor(string Name, IReadOnlyList<float> Values);
