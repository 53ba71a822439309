using Cluster.Compute.Optimizers;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Parameters;

namespace Cluster.TestModels;

/// <summary>Counts as <see cref="CountingModel"/> does until an example whose label names a fault has a certain count;
/// from then on that example does what its label says.</summary>
/// <param name="rows">Examples of the data set.</param>
/// <param name="faultAt">The count of such an example at which it begins to fail.</param>
public sealed class FaultyModel(long rows, float faultAt) : IHostModel
{
    public const string ModelName = "faulty";

    /// <summary>Labels of examples, 0 for none.</summary>
    public const float Throws = 1, IsNotANumber = 2, IsInfinite = 3, Hangs = 4;

    /// <summary>What an example that throws says.</summary>
    public const string Message = "this example cannot be learnt";

    private readonly CountingModel _counting = new(rows);

    public string Name => ModelName;

    public int Features => _counting.Features;

    public GradientScale Scale => _counting.Scale;

    public ParameterLayout Layout => _counting.Layout;

    public void Initialise(ulong seed, int first, Span<float> parameters) => _counting.Initialise(seed, first, parameters);

    public double Gradient(ReadOnlySpan<float> parameters, Batch batch, Span<float> sum)
    {
        ArgumentNullException.ThrowIfNull(batch);
        sum.Clear();
        for (var row = 0; row < batch.Count; row++)
        {
            var id = (int)batch.Features[row];
            sum[id] -= parameters[id] < faultAt ? 1 : Fault(batch.Labels[row]);
        }

        return 0;
    }

    public double Loss(ReadOnlySpan<float> parameters, Batch batch) => _counting.Loss(parameters, batch);

    private static float Hang()
    {
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    private static float Fault(float label) => label switch
    {
        Throws => throw new InvalidOperationException(Message),
        IsNotANumber => float.NaN,
        IsInfinite => float.PositiveInfinity,
        Hangs => Hang(),
        _ => 1,
    };
}
