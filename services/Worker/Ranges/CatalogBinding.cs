using System.Text.Json;
using Cluster.Compute.Computations;

namespace Cluster.Worker.Ranges;

internal static class CatalogBinding
{
    /// <exception cref="InvalidOperationException">This worker does not know the computation; another may.</exception>
    /// <exception cref="ArgumentException">The computation refuses its arguments.</exception>
    public static IBoundComputation Bind(this ComputationCatalog catalog, string name, JsonElement arguments)
        => catalog.TryGet(name, out var computation)
            ? computation.Bind(arguments)
            : throw new InvalidOperationException($"this worker has no computation '{name}'; it has {string.Join(", ", catalog.Names)}");
}
