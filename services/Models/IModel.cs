using Cluster.Compute.Devices;
using Cluster.Compute.Optimizers;
using Cluster.Contracts.Jobs;
using Cluster.Models.Parameters;

namespace Cluster.Models;

/// <summary>A function with parameters, and the loss that training makes small.</summary>
/// <remarks>
/// What it computes is a pure function of its arguments with a fixed order of operations: the same arguments give the same
/// bits on every device. That is what lets any worker compute any batch. Instances are immutable and shared by threads; the
/// work is done by a session, one for each slot of a worker. A model that computes on the host only implements
/// <see cref="IHostModel"/> and needs no session of its own.
/// </remarks>
public interface IModel
{
    /// <summary>The name in specs: <c>linear</c>.</summary>
    string Name { get; }

    /// <summary>Features of an example, at least 1.</summary>
    int Features { get; }

    /// <summary>Numbers that a prediction for one example has, at least 1.</summary>
    int Outputs => 1;

    /// <summary>Classes that a prediction is about, numbered from 0: one probability for each, or that of class 1 alone; 0 for a regression.</summary>
    int Classes => 0;

    /// <summary>What the optimizer makes of the summed gradient of a step: by default the mean.</summary>
    GradientScale Scale => GradientScale.Mean;

    /// <summary>The tensors of the parameter vector.</summary>
    ParameterLayout Layout { get; }

    /// <summary>What <see cref="IModelSession.Evaluate"/> sums, in its order; the first is the loss.</summary>
    IReadOnlyList<Metric> Metrics => [Metric.Loss];

    /// <summary>Writes the parameters [<paramref name="first"/>, <paramref name="first"/> + the span's length) at clock 0.</summary>
    /// <remarks>Any cut into ranges gives the same vector.</remarks>
    /// <param name="seed">The job's seed.</param>
    /// <param name="first">Index of the first parameter in the flat vector.</param>
    /// <param name="parameters">Receives the parameters.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the layout.</exception>
    void Initialise(ulong seed, int first, Span<float> parameters);

    /// <summary>
    /// Uniform starts by tensor, which a ps task draws by itself: what <see cref="Initialise"/> gives, for any number of
    /// parameters. Null where the start is something else; then it is sent to the ps tasks, which bounds its length.
    /// </summary>
    IReadOnlyList<UniformStart>? Starts => null;

    /// <summary>Binds the model to a device. The session owns what it leases there until it is disposed.</summary>
    /// <param name="stream">Operations of the session go here; the caller keeps and disposes it.</param>
    /// <param name="capacity">Most examples of a batch, at least 1.</param>
    /// <exception cref="DeviceException">The device has not that much memory left.</exception>
    IModelSession Open(IDeviceStream stream, int capacity);
}
