using Cluster.Compute.Computations;

namespace Cluster.Compute.Tests.Computations;

public sealed class ComputationCatalogTests
{
    [Fact]
    public void TryGet_KnownName_GivesTheComputation()
    {
        var pi = new PiComputation();
        var catalog = new ComputationCatalog([pi, new OrderedSum()]);

        Assert.True(catalog.TryGet("pi", out var found));
        Assert.Same(pi, found);
        Assert.Equal(["ordered-sum", "pi"], catalog.Names);
    }

    [Theory]
    [InlineData("PI")]
    [InlineData("")]
    [InlineData("tau")]
    public void TryGet_UnknownName_IsFalse(string name) =>
        Assert.False(new ComputationCatalog([new PiComputation()]).TryGet(name, out _));

    [Fact]
    public void Constructor_TwoOfOneName_NamesIt()
    {
        var error = Assert.Throws<ArgumentException>(
            () => new ComputationCatalog([new PiComputation(), new PiComputation()]));

        Assert.Contains("'pi'", error.Message, StringComparison.Ordinal);
    }
}
