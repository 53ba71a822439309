using Cluster.Compute.Optimizers;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Parameters;

namespace Cluster.TestModels;

/// <summary>
/// Counts how often each example was contributed: with stochastic gradient descent at learning rate 1, every element of
/// <c>count</c> is the number of epochs once a job is done, whatever happened on the way.
/// </summary>
/// <remarks>
/// An example has one feature, its number from 0, and its label is how long its batch takes. Example i's loss is
/// -count[i] + <see cref="TrailRate"/>/2·(trail - target(i))², so its gradient is -e_i and, for <c>trail</c>,
/// <see cref="TrailRate"/>·(trail - target(i)): in float32, its bits depend on the parameters and on the order of every
/// addition, where those of a count do not.
/// </remarks>
public sealed class CountingModel(long rows) : IHostModel
{
    public const string ModelName = "counting";

    /// <summary>A power of two, so that scaling by it is exact.</summary>
    public const float TrailRate = 1f / 1024;

    public string Name => ModelName;

    public int Features => 1;

    public GradientScale Scale => GradientScale.Sum;

    public ParameterLayout Layout { get; } = new(("count", [checked((int)rows)]), ("trail", [1]));

    /// <summary>Where an example draws <c>trail</c> to, in [0, 1): multiples of the golden ratio, modulo 1.</summary>
    public static float Target(float id) => id * 0.618034f % 1f;

    public void Initialise(ulong seed, int first, Span<float> parameters) => parameters.Clear();

    public double Gradient(ReadOnlySpan<float> parameters, Batch batch, Span<float> sum)
    {
        ArgumentNullException.ThrowIfNull(batch);
        // Away from the processor, as if a device computed: the time does not depend on what else this machine does.
        if (batch.Count > 0 && batch.Labels[0] > 0) Thread.Sleep(TimeSpan.FromMilliseconds(batch.Labels[0]));
        sum.Clear();
        var trail = parameters[^1];
        for (var row = 0; row < batch.Count; row++)
        {
            var id = batch.Features[row];
            sum[(int)id] -= 1;
            sum[^1] += TrailRate * (trail - Target(id));
        }

        return Loss(parameters, batch);
    }

    public double Loss(ReadOnlySpan<float> parameters, Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        double loss = 0;
        foreach (var id in batch.Features)
        {
            var distance = (double)parameters[^1] - Target(id);
            loss += (TrailRate / 2.0 * distance * distance) - parameters[(int)id];
        }

        return loss;
    }
}
