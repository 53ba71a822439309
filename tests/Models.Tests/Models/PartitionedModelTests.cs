using Cluster.Compute.Cpu;
using Cluster.Contracts.Jobs;
using Cluster.Models.Dense;
using Cluster.Models.Parameters;
using Cluster.Models.Tests.Data;

namespace Cluster.Models.Tests.Models;

public sealed class PartitionedModelTests
{
    private static readonly IModel Model = new PerceptronFactory().Create(
        new TrainingSpec { Model = TrainingNames.Mlp, Layers = "7,3", Activation = TrainingNames.Tanh, LearningRate = 1 }, 5, 9);

    private static readonly string[] Order = ["dense1/b", "dense0/w", "dense2/b", "dense2/w", "dense1/w", "dense0/b"];

    [Fact]
    public void Of_TheModelsOwnOrder_IsTheModel() => Assert.Same(Model, PartitionedModel.Of(Model, [.. Model.Layout.Tensors.Select(tensor => tensor.Name)]));

    [Fact]
    public void Of_OtherNames_Throws()
    {
        Assert.Throws<ArgumentException>(() => PartitionedModel.Of(Model, Order[1..]));
        Assert.Throws<ArgumentException>(() => PartitionedModel.Of(Model, [.. Order[1..], "other"]));
        Assert.Throws<ArgumentException>(() => PartitionedModel.Of(Model, [.. Order[1..], Order[1]]));
    }

    [Fact]
    public void Initialise_AnyRange_IsTheModelsOwnByName()
    {
        var placed = PartitionedModel.Of(Model, Order);
        float[] own = Initialised(Model), other = Initialised(placed), parts = new float[own.Length], drawn = new float[own.Length];
        placed.Initialise(3, 0, parts.AsSpan(0, 17));
        placed.Initialise(3, 17, parts.AsSpan(17));
        UniformStart.Fill(placed.Starts!, 3, 0, drawn);

        Assert.Equal(other, parts);
        Assert.Equal(other, drawn);
        Assert.Equal(own, PartitionedModel.InOwnOrder(placed, other));
        foreach (var tensor in placed.Layout.Tensors)
        {
            var same = Model.Layout.Tensors.Single(t => t.Name == tensor.Name);
            Assert.Equal(own[same.Offset..(same.Offset + same.Length)], other[tensor.Offset..(tensor.Offset + tensor.Length)]);
        }
    }

    [Fact]
    public void Gradient_PlacedParameters_HasTheModelsOwnBits()
    {
        var placed = PartitionedModel.Of(Model, Order);
        var batch = DataSets.BatchOf(DataSets.Normal(9, 5, 2));
        using var device = new CpuDevice(1);
        using var stream = device.OpenStream();
        using IModelSession own = Model.Open(stream, 9), other = placed.Open(stream, 9);
        float[] ownSum = new float[Model.Layout.Length], otherSum = new float[ownSum.Length];
        own.Load(Initialised(Model));
        other.Load(Initialised(placed));

        Assert.Equal(own.Gradient(batch, ownSum), other.Gradient(batch, otherSum));

        Assert.Equal(ownSum, PartitionedModel.InOwnOrder(placed, otherSum));
        Assert.NotEqual(ownSum, otherSum);
    }

    private static float[] Initialised(IModel model)
    {
        var parameters = new float[model.Layout.Length];
        model.Initialise(3, 0, parameters);
        return parameters;
    }
}
