using Cluster.Models.Data;
using Cluster.Models.Data.Synthetic;
using Cluster.Models.Linear;

namespace Cluster.Models.Tests.Data;

public sealed class SyntheticDataTests
{
    [Fact]
    public void Line_Defaults_IsTensorFlowsExample()
        => Assert.Equal(DataFingerprint.Of(LineExample.Create(7)), DataFingerprint.Of(Read("synthetic:line?seed=7")));

    [Theory]
    [InlineData("line?rows=200", 200, 1)]
    [InlineData("linear?rows=50&features=7&noise=0", 50, 7)]
    [InlineData("blobs?rows=90&classes=9&features=3", 90, 3)]
    [InlineData("moons", 1000, 2)]
    [InlineData("xor?rows=1", 1, 2)]
    public void Open_Generator_HasItsShapeAndTheSameBitsInAnyChunks(string uri, long rows, int features)
    {
        DataSet data = Read(uri), again = Read(uri, chunkRows: 7);

        Assert.Equal((rows, features), (data.Rows, data.FeatureCount));
        Assert.Equal(DataFingerprint.Of(data), DataFingerprint.Of(again));
        Assert.NotEqual(DataFingerprint.Of(data), DataFingerprint.Of(Read(uri + (uri.Contains('?') ? "&" : "?") + "seed=1")));
    }

    [Fact]
    public void Linear_WithoutNoise_IsFittedExactly()
    {
        var fit = LeastSquares.Fit(Read("linear?rows=400&features=5&noise=0&seed=3"));

        Assert.Equal(1, fit.Bias, 1e-5);
        Assert.InRange(fit.Loss, 0, 1e-12);
    }

    /// <summary>Each blob's rows lie around one centre: their standard deviation is the spread.</summary>
    [Fact]
    public void Blobs_EachClass_HasTheSpreadAndItsShareOfRows()
    {
        var data = Read("blobs?rows=30000&classes=3&features=2&spread=0.5");
        for (var label = 0; label < 3; label++)
        {
            float[] x = [.. Enumerable.Range(0, 30_000).Where(row => data.Label(row) == label).Select(row => data.Features(row)[0])];
            var mean = x.Average(v => (double)v);
            Assert.Equal(10_000, x.Length);
            Assert.Equal(0.5, Math.Sqrt(x.Average(v => (v - mean) * (v - mean))), 0.02);
        }
    }

    /// <summary>Without noise the upper points lie on the circle around (0, 0), the lower ones on that around (1, ½).</summary>
    [Fact]
    public void Moons_WithoutNoise_LieOnTwoHalfCircles()
    {
        var data = Read("moons?rows=2000&noise=0");
        for (var row = 0; row < 2000; row++)
        {
            var isLower = data.Label(row) == 1;
            var (x, y) = ((double)data.Features(row)[0], (double)data.Features(row)[1]);
            var (dx, dy) = isLower ? (x - 1, y - 0.5) : (x, y);
            Assert.Equal(1, Math.Sqrt((dx * dx) + (dy * dy)), 1e-6);
            Assert.True(isLower ? dy <= 1e-6 : dy >= -1e-6);
        }
    }

    [Fact]
    public void Xor_Rows_AreOfTheClassOfTheirQuadrant()
    {
        var data = Read("xor?rows=4000");
        var ones = 0;
        for (var row = 0; row < 4000; row++)
        {
            var x = data.Features(row).ToArray();
            Assert.All(x, value => Assert.InRange(value, -1, 1));
            Assert.Equal(x[0] * x[1] < 0 ? 1 : 0, data.Label(row));
            ones += (int)data.Label(row);
        }

        Assert.InRange(ones, 1800, 2200);
    }

    [Fact]
    public void HalfCircle_AnyAngle_AgreesWithTheLibrary()
    {
        for (var part = -0.5; part <= 0.5; part += 1.0 / 512)
        {
            var (sine, cosine) = HalfCircle.At(part);
            Assert.Equal(Math.Sin(Math.PI * part), sine, 1e-15);
            Assert.Equal(Math.Cos(Math.PI * part), cosine, 1e-15);
        }
    }

    [Theory]
    [InlineData("synthetic:", "there is no generator ''; the generators are line, linear, blobs, moons, xor")]
    [InlineData("lines", "there is no generator 'lines'; the generators are line, linear, blobs, moons, xor")]
    [InlineData("moons?rows=0", "rows: '0': must be a whole number from 1 to 100000000")]
    [InlineData("moons?rows=1e3", "rows: '1e3': must be a whole number from 1 to 100000000")]
    [InlineData("moons?seed=-1", "seed: '-1': must be a whole number from 0 to 18446744073709551615")]
    [InlineData("moons?noise=NaN", "noise: 'NaN': must be a number from 0 to 1000000")]
    [InlineData("moons?rows=1&rows=2", "'rows' is given twice")]
    [InlineData("moons?rows", "'rows' is not of the form name=value")]
    [InlineData("moons?classes=3", "there is no parameter 'classes'; the parameters are rows, seed, noise")]
    [InlineData("blobs?classes=1", "classes: '1': must be a whole number from 2 to 1000")]
    [InlineData("linear?features=16384", "features: '16384': must be a whole number from 1 to 16383")]
    public void Open_WrongUri_SaysWhatIsWrong(string uri, string expected) => Assert.Equal(expected, DataFiles.Refused(() => Read(uri)));

    private static DataSet Read(string uri, int chunkRows = 16_384)
    {
        using var data = SyntheticData.Open(uri, new DataLimits { ChunkRows = chunkRows });
        return data.ReadAll(TestContext.Current.CancellationToken);
    }
}
