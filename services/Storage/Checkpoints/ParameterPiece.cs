using Cluster.Protocol.Plans;

namespace Cluster.Storage.Checkpoints;

/// <summary>Consecutive parameters that one ps task holds together.</summary>
/// <param name="Task">Index of the ps task.</param>
/// <param name="First">Its first parameter in the order of the model.</param>
/// <param name="Local">Its first parameter in the task's range.</param>
/// <param name="Length">Parameters.</param>
internal readonly record struct ParameterPiece(int Task, int First, int Local, int Length)
{
    /// <summary>Every parameter once, in the order of the model, whatever order the ps tasks hold them in.</summary>
    public static ParameterPiece[] Of(TrainingPlan plan)
    {
        var pieces = new List<ParameterPiece>();
        foreach (var tensor in plan.Tensors.OrderBy(tensor => tensor.First))
        {
            for (var task = 0; task < plan.Stores; task++)
            {
                int from = Math.Max(tensor.Offset, plan.Offsets[task]), to = Math.Min(tensor.Offset + tensor.Length, plan.Offsets[task + 1]);
                if (from < to) Add(pieces, new ParameterPiece(task, tensor.First + (from - tensor.Offset), from - plan.Offsets[task], to - from));
            }
        }

        return [.. pieces];
    }

    // Neighbours are read together.
    private static void Add(List<ParameterPiece> pieces, ParameterPiece next)
    {
        if (pieces.Count > 0 && pieces[^1] is var last && last.Task == next.Task && last.Local + last.Length == next.Local)
            pieces[^1] = last with { Length = last.Length + next.Length };
        else
            pieces.Add(next);
    }
}
