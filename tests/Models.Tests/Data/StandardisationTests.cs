using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Protocol.Lanes;
using CsCheck;

namespace Cluster.Models.Tests.Data;

public sealed class StandardisationTests
{
    [Fact]
    public void Build_KnownValues_AreMeanAndDeviationOfThePopulation()
    {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5 and deviation 2; the second feature is constant.
        float[] values = [2, 4, 4, 4, 5, 5, 7, 9];
        var chunk = new DataChunk(0, 2, [.. values.SelectMany(value => new[] { value, 3 })], new float[8]);
        var data = new DataSet(new DataSchema(["a", "b"], "y"), [chunk]);

        var built = StandardisationBuilder.Of(data, new DataSplit(8, 0, 0));

        Assert.Equal([5d, 3], built.Means);
        Assert.Equal([2d, 1], built.Deviations);
    }

    [Fact]
    public void Build_AnySplit_IsThatOfTheTrainingRowsAlone()
        => Gen.Select(Gen.Int[3, 200], Gen.Double[0.01, 0.9], Gen.Int[1, 40], Gen.ULong).Sample((rows, fraction, chunkRows, seed) =>
    {
        var data = DataSets.Numbered(rows, features: 3, chunkRows);
        var split = new DataSplit(rows, DataSplit.CountTestRows(rows, fraction), seed);

        var built = StandardisationBuilder.Of(data, split);

        for (var feature = 0; feature < 3; feature++)
        {
            double[] x = [.. Enumerable.Range(0, (int)split.Train.Count).Select(i => (double)data.Features(split.Train.Row(i))[feature])];
            var mean = x.Sum() / x.Length;
            var deviation = Math.Sqrt(x.Sum(value => (value - mean) * (value - mean)) / x.Length);
            Assert.Equal(mean, built.Means[feature], 1e-9 * (1 + Math.Abs(mean)));
            Assert.Equal(x.Length == 1 ? 1 : deviation, built.Deviations[feature], 1e-9 * (1 + deviation));
        }

        Assert.Equal(built.Means, StandardisationBuilder.Of(DataSets.Numbered(rows, 3), split).Means);
    });

    [Fact]
    public void Apply_AnyLength_HasTheBitsOfTheScalar() => Gen.Select(Gen.Int[1, 70], Gen.ULong).Sample((features, seed) =>
    {
        double[] means = [.. Enumerable.Range(0, features).Select(i => PhiloxNormal.At(seed, (ulong)i))];
        double[] deviations = [.. Enumerable.Range(0, features).Select(i => Math.Abs(PhiloxNormal.At(seed, (ulong)(1000 + i))) + 0.01)];
        float[] x = [.. Enumerable.Range(0, features).Select(i => (float)PhiloxNormal.At(seed, (ulong)(2000 + i)))];
        float[] expected = [.. x.Select((value, i) => (float)((value - means[i]) * (1 / deviations[i])))];

        new Standardiser(new Standardisation(means, deviations)).Apply(x);

        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), x.Select(BitConverter.SingleToInt32Bits));
    });

    /// <summary>Features in float32 have a spacing of 0.06 at a million; what is added to that is a rounding of the result.</summary>
    [Fact]
    public void Apply_MeanThatIsLargeBesideTheDeviation_LosesNothing()
        => Gen.Select(Gen.Double[-1e7, 1e7], Gen.Double[0.1, 10], Gen.ULong).Sample((mean, deviation, seed) =>
    {
        float[] x = [.. Enumerable.Range(0, 99).Select(i => (float)(mean + (deviation * PhiloxNormal.At(seed, (ulong)i))))];
        var data = new DataSet(new DataSchema(["x"], "y"), [new DataChunk(0, 1, x, new float[x.Length])]);
        var values = StandardisationBuilder.Of(data, new DataSplit(x.Length, 0, 0));
        var standardiser = new Standardiser(values);

        foreach (var value in x)
        {
            float[] applied = [value];
            standardiser.Apply(applied);
            var exact = ((decimal)(double)value - (decimal)values.Means[0]) / (decimal)values.Deviations[0];
            Assert.Equal((double)exact, applied[0], 1e-6 * (1 + Math.Abs((double)exact)));
        }
    });

    [Fact]
    public void Apply_SmallestDeviation_GivesNoNaN()
    {
        float[] x = [1, 0];
        new Standardiser(new Standardisation([1, 1], [double.Epsilon, double.Epsilon])).Apply(x);

        Assert.Equal([0, float.NegativeInfinity], x);
    }

    [Fact]
    public void Read_WithAStandardiser_GivesMeanZeroAndDeviationOne()
    {
        var data = DataSets.Numbered(1000, features: 2);
        var standardiser = new Standardiser(StandardisationBuilder.Of(data, new DataSplit(1000, 0, 0)));
        var reader = new BatchReader(data, new EpochSchedule(1000, 1, 1000, 1), 5, RowView.All(1000), standardiser);
        var batch = reader.CreateBatch();

        reader.Read(0, 0, batch);

        double[] first = [.. Enumerable.Range(0, 1000).Select(row => (double)batch.Row(row)[0])];
        Assert.Equal(0, first.Average(), 1e-5);
        Assert.Equal(1, first.Average(value => value * value), 1e-5);
        Assert.Throws<ArgumentException>(() => new BatchReader(DataSets.Numbered(1000, 3), new EpochSchedule(1000, 1, 1, 1), 5,
            RowView.All(1000), standardiser));
    }

    [Fact]
    public void Standardiser_WrongValues_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new Standardiser(new Standardisation([1], [1, 1])));
        Assert.Throws<ArgumentException>(() => new Standardiser(new Standardisation([1], [0])));
        Assert.Throws<ArgumentException>(() => new Standardiser(new Standardisation([1], [double.NaN])));
        Assert.Throws<ArgumentException>(() => new Standardiser(new Standardisation([1], [1])).Apply(new float[2]));
    }
}
