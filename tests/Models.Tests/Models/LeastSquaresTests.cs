using Cluster.Compute.Optimizers;
using Cluster.Models.Data;
using Cluster.Models.Linear;
using Cluster.Models.Tests.Data;
using Cluster.Protocol.Lanes;
using CsCheck;

namespace Cluster.Models.Tests.Models;

public sealed class LeastSquaresTests
{
    /// <summary>By the textbook formula of simple regression, in Python.</summary>
    [Fact]
    public void Fit_LineExample_IsTheKnownLine()
    {
        var fit = LeastSquares.Fit(LineExample.Create(42));

        Assert.Equal(2.1014596991319414, Assert.Single(fit.Weights), 1e-12);
        Assert.Equal(0.20053519539092438, fit.Bias, 1e-12);
        Assert.Equal(0.15894107784034617, fit.Loss, 1e-12);
    }

    /// <summary>At the least squares the residuals are orthogonal to every feature and to the constant.</summary>
    [Fact]
    public void Fit_AnyData_LeavesOrthogonalResiduals() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 40], Gen.ULong).Sample((features, more, seed) =>
        {
            var data = DataSets.Normal((3 * features) + 5 + more, features, seed);
            var fit = LeastSquares.Fit(data);

            var products = new double[features + 1];
            for (long row = 0; row < data.Rows; row++)
            {
                var residual = data.Label(row) - fit.Bias;
                for (var i = 0; i < features; i++)
                    residual -= fit.Weights[i] * data.Features(row)[i];
                for (var i = 0; i < features; i++)
                    products[i] += residual * data.Features(row)[i];
                products[features] += residual;
            }

            Assert.All(products, product => Assert.Equal(0, product, 1e-8));
        });

    [Fact]
    public void Fit_ConstantOrDependentFeature_NamesIt()
    {
        var data = new DataSet(new DataSchema(["a", "twice"], "y"), [new DataChunk(0, 2, [1, 2, 2, 4, 3, 6], [1, 2, 3])]);
        var constant = new DataSet(new DataSchema(["a"], "y"), [new DataChunk(0, 1, [3, 3], [1, 2])]);

        Assert.Contains("'twice'", Assert.Throws<ArgumentException>(() => LeastSquares.Fit(data)).Message, StringComparison.Ordinal);
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => LeastSquares.Fit(constant)).Message, StringComparison.Ordinal);
    }

    /// <summary>Model, reader and optimizer together: full-batch descent ends at the closed form.</summary>
    [Fact]
    public void Gradient_FullBatchDescent_ReachesTheFit()
    {
        var data = DataSets.Normal(200, 5, seed: 1);
        var model = new LinearRegression(5);
        var schedule = new EpochSchedule(data.Rows, lanes: 1, batch: 200, epochs: 300);
        var reader = new BatchReader(data, schedule, seed: 9);
        var batch = reader.CreateBatch();
        var optimizer = new Sgd(0.2f);
        float[] current = new float[6], next = new float[6], gradient = new float[6];
        model.Initialise(0, 0, current);

        for (long clock = 0; clock < schedule.TotalClocks; clock++)
        {
            var examples = reader.Read(0, clock, batch);
            model.Gradient(current, batch, gradient);
            optimizer.Apply(current, next, [], gradient, examples);
            (current, next) = (next, current);
        }

        var fit = LeastSquares.Fit(data);
        Assert.Equal([.. fit.Weights, fit.Bias], current.Select(p => (double)p), (expected, actual) => Math.Abs(expected - actual) < 1e-5);
        Assert.Equal(fit.Loss, model.Loss(current, batch) / batch.Count, 1e-9);
    }
}
