using Cluster.Contracts.Jobs;
using Cluster.Models.Dense;
using CsCheck;

namespace Cluster.Models.Tests.Models;

public sealed class NetworkSizeTests
{
    private static readonly TrainingSpec Mlp = new() { Model = TrainingNames.Mlp, LearningRate = 1 };

    // 4 · 2^20 + (2^20 + 1) · 2^20 + 2^20 + 1 parameters, and 65 · 2^20 + (2^20 + 1) · 2^16.
    [Theory]
    [InlineData("1048576,1048576", null, 3, "layers: 1048576,1048576: takes 4398071676932 bytes of parameters with 3 features and 1 outputs; must be at most "
        + "8589934364 bytes")]
    [InlineData("1048576", 65_536, 64, "layers: 1048576: takes 275150798848 bytes of parameters with 64 features and 65536 outputs; must be at most "
        + "8589934364 bytes")]
    public void Check_LargerThanAnArray_NamesLayersBytesAndLimit(string layers, int? classes, int features, string expected)
        => Assert.Equal(expected, Assert.Single(NetworkSize.Check(Mlp with { Layers = layers, Classes = classes }, features)).ToString());

    [Fact]
    public void Check_SoftmaxOfTooManyClasses_NamesThem()
    {
        var spec = new TrainingSpec { Model = TrainingNames.Softmax, Classes = 65_536, LearningRate = 1 };

        Assert.Equal("classes: 65536: takes 17180131328 bytes of parameters with 65536 features and 65536 outputs; must be at most 8589934364 bytes",
            Assert.Single(NetworkSize.Check(spec, 65_536)).ToString());
    }

    /// <summary>What is passed has as many parameters as the layout says, and what is refused has no layout.</summary>
    [Fact]
    public void Check_AnyLayers_RefusesWhatHasNoLayout()
        => Gen.Select(Gen.Int[1, 1 << 17].Array[1, 3], Gen.Int[1, 4096], Gen.Int[2, 1000]).Sample((sizes, features, classes) =>
    {
        var spec = Mlp with { Layers = string.Join(',', sizes), Classes = classes };
        long parameters = 0, inputs = features;
        foreach (var units in sizes.Append(classes))
        {
            parameters += (inputs + 1) * units;
            inputs = units;
        }

        var fits = NetworkSize.Check(spec, features).Count == 0;

        Assert.Equal(parameters <= Array.MaxLength, fits);
        if (fits) Assert.Equal(parameters, new PerceptronFactory().Create(spec, features, rows: 1).Layout.Length);
        else Assert.Throws<ArgumentException>(() => new PerceptronFactory().Create(spec, features, rows: 1));
    });
}
