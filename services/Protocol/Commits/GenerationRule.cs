using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Commits;

/// <summary>Asks the store to start a generation.</summary>
/// <param name="Token">The coordinator that asks.</param>
/// <param name="Current">The generation that it read.</param>
/// <param name="Next">The generation to come.</param>
/// <param name="Incarnations">The ps processes of the next generation, by index.</param>
public sealed record GenerationRequest(
    CoordinatorToken Token, Generation Current, Generation Next, IReadOnlyList<ulong> Incarnations);

/// <summary>When a generation may start. The store's script decides by this rule and, at the same instant,
/// replaces the generation and returns the manifest.</summary>
public static class GenerationRule
{
    public static bool MayStart(CommitRecord current, CoordinatorToken holder, GenerationRequest request) =>
        holder == request.Token && current.Generation == request.Current;
}
