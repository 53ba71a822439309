using Cluster.Compute.Optimizers;
using CsCheck;

namespace Cluster.Compute.Tests.Optimizers;

public sealed class LocalDescentTests
{
    private static readonly Gen<float[]> Vector = Gen.Float[-4, 4].Array[21];

    /// <summary>Applied as a ps task does it, the differences are the average of the lanes' parameters weighted by examples; in double precision.</summary>
    [Fact]
    public void Difference_OfSeveralLanes_AveragesTheirParametersByExamples() =>
        Gen.Select(Vector, Vector.Array[2, 5], Gen.Int[1, 30].Array[5]).Sample((common, gradients, counts) =>
        {
            var sum = new float[common.Length];
            var expected = new double[common.Length];
            long examples = 0;
            for (var lane = 0; lane < gradients.Length; lane++)
            {
                var descent = new LocalDescent(common.Length, new Sgd(0.25f));
                descent.Begin(common);
                descent.Step(gradients[lane], counts[lane], default);
                var difference = new float[common.Length];
                descent.Difference(common, counts[lane], difference);
                for (var i = 0; i < common.Length; i++)
                {
                    sum[i] += difference[i];
                    expected[i] += counts[lane] * (common[i] - (0.25 * gradients[lane][i] / counts[lane]));
                }

                examples += counts[lane];
            }

            var averaged = new float[common.Length];
            LocalDescent.RuleOfStore(GradientScale.Mean).Apply(common, averaged, [], sum, examples);

            for (var i = 0; i < common.Length; i++)
                Assert.Equal(expected[i] / examples, averaged[i], 1e-5);
        });

    [Fact]
    public void Difference_SummedGradients_AddsWhatTheLanesDid()
    {
        float[] common = [1, 2];
        var descent = new LocalDescent(2, new Sgd(1, GradientScale.Sum));
        descent.Begin(common);
        descent.Step([-3, 0], 5, default);
        descent.Step([-1, 4], 5, default);
        var difference = new float[2];

        descent.Difference(common, 10, difference);

        Assert.Equal([-4f, 4f], difference);
        Assert.Equal([5f, -2f], descent.Parameters.ToArray());
    }

    [Fact]
    public void Begin_AfterARound_KeepsNothingOfIt()
    {
        var descent = new LocalDescent(1, new Sgd(0.5f));
        descent.Begin([1]);
        descent.Step([3], 1, default);

        descent.Begin([2]);

        Assert.Equal([2f], descent.Parameters.ToArray());
    }
}
