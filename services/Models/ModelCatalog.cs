using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;

namespace Cluster.Models;

/// <summary>The models that a process knows, by name.</summary>
public sealed class ModelCatalog
{
    private readonly Dictionary<string, IModelFactory> _factories;

    /// <exception cref="ArgumentException">Two factories have one name.</exception>
    public ModelCatalog(IEnumerable<IModelFactory> factories) =>
        _factories = factories.ToDictionary(factory => factory.Name, StringComparer.Ordinal);

    /// <summary>Names in order.</summary>
    public IReadOnlyList<string> Names => [.. _factories.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Names of those that train on devices of a type, in order.</summary>
    public IReadOnlyList<string> NamesFor(DeviceType type) => [.. Names.Where(name => Supports(name, type))];

    /// <summary>Whether there is a model of this name that trains on devices of a type.</summary>
    public bool Supports(string name, DeviceType type) => _factories.TryGetValue(name, out var factory) && factory.Supports(type);

    /// <inheritdoc cref="IModelFactory.Create"/>
    /// <exception cref="ArgumentException">There is no such model, or it is not for such a spec or such data.</exception>
    public IModel Create(TrainingSpec spec, int features, long rows)
    {
        return _factories.TryGetValue(spec.Model, out var factory)
            ? factory.Create(spec, features, rows)
            : throw new ArgumentException($"there is no model '{spec.Model}'; there are {string.Join(", ", Names)}", nameof(spec));
    }
}
