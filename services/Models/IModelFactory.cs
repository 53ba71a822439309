using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;

namespace Cluster.Models;

/// <summary>Makes a model for a job. Coordinator and workers have the same factories: registration is one line in each.</summary>
public interface IModelFactory
{
    /// <summary>Name by which specs ask for the model: lower-case letters, digits and '-'.</summary>
    string Name { get; }

    /// <summary>Whether its models train on devices of this type; a CPU alone unless overridden, as for every <see cref="IHostModel"/>.</summary>
    bool Supports(DeviceType type) => type == DeviceType.Cpu;

    /// <summary>The model of a job; the same arguments give the same model.</summary>
    /// <param name="spec">The job's spec.</param>
    /// <param name="features">Features of an example, at least 1.</param>
    /// <param name="rows">Examples of the data set, at least 1.</param>
    /// <exception cref="ArgumentException">The model is not for such a spec or such data: the message says why.</exception>
    IModel Create(TrainingSpec spec, int features, long rows);
}
