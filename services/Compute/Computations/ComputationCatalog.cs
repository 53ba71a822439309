using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Cluster.Contracts.Devices;

namespace Cluster.Compute.Computations;

/// <summary>The computations that a process knows, by name.</summary>
public sealed class ComputationCatalog
{
    private readonly FrozenDictionary<string, IComputation> _computations;

    /// <exception cref="ArgumentException">An empty name, or two computations of one name.</exception>
    public ComputationCatalog(IEnumerable<IComputation> computations)
    {
        var byName = new Dictionary<string, IComputation>(StringComparer.Ordinal);
        foreach (var computation in computations)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(computation.Name);
            if (!byName.TryAdd(computation.Name, computation))
            {
                throw new ArgumentException(
                    $"Computation '{computation.Name}' is both {byName[computation.Name].GetType()} and "
                    + $"{computation.GetType()}; a name belongs to one.", nameof(computations));
            }
        }

        _computations = byName.ToFrozenDictionary(StringComparer.Ordinal);
        Names = [.. byName.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>All names, in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Names of those that run on devices of a type, in ordinal order.</summary>
    public IReadOnlyList<string> NamesFor(DeviceType type) => [.. Names.Where(name => _computations[name].Supports(type))];

    public bool TryGet(string name, [NotNullWhen(true)] out IComputation? computation) =>
        _computations.TryGetValue(name, out computation);
}
