using System.Runtime.InteropServices;
using Cluster.Compute.Optimizers;
using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Planning;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Dense;
using Cluster.Models.Linear;
using Cluster.Storage.Data;
using Cluster.Testing;
using CsCheck;
using Microsoft.Extensions.Options;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Coordinator.Tests.Training;

public sealed class TrainingPlannerTests(RedisServers servers) : RedisTest(servers, RedisKind.Garnet)
{
    private static readonly TrainingSpec Wide = new() { Model = "wide", LearningRate = 0.5f };

    [Fact]
    public async Task Plan_AnyParametersAndStores_CutsEqualContiguousRanges()
        => await Gen.Select(Gen.Int[1, 5000], Gen.Int[1, 300]).SampleAsync(async (parameters, stores) =>
        {
            var plan = await PlannerOf(parameters).PlanAsync(Wide, stores, Ct);

            int[] lengths = [.. Enumerable.Range(0, plan.Stores).Select(plan.Length)];
            Assert.Equal((Math.Min(parameters, stores), 0, parameters), (plan.Stores, plan.Offsets[0], plan.Parameters));
            Assert.InRange(lengths.Max() - lengths.Min(), 0, 1);
            Assert.InRange(lengths.Min(), 1, parameters);
        }, iter: 200);

    [Fact]
    public async Task Plan_TheExample_IsSpeltOut()
    {
        var spec = new TrainingSpec { LearningRate = 0.8f, Optimizer = TrainingNames.Adagrad, Lanes = 3 };

        var plan = await PlannerOf(new LinearRegressionFactory()).PlanAsync(spec, stores: 5, Ct);

        Assert.Equal((101L, 1, 1, 8), (plan.Rows, plan.Features, plan.Slots, plan.Streams));
        Assert.Equal([0, 1, 2], plan.Offsets);
        Assert.Equal([("w", 0, 1), ("b", 1, 1)], plan.Tensors.Select(tensor => (tensor.Name, tensor.Offset, tensor.Length)));
        Assert.Equal(0, (await PlannerOf(new LinearRegressionFactory()).PlanAsync(spec with { Optimizer = TrainingNames.Sgd }, 1, Ct)).Slots);
    }

    [Theory]
    [InlineData(1_000, 1, 514)]
    [InlineData(2_000_000, 1, 6)]
    [InlineData(2_000_000, 3, 274)]
    public async Task Plan_LargeModel_TakesAsManyStreamsAsItsStagingAllows(int parameters, int stores, int streams)
    {
        var plan = await PlannerOf(parameters).PlanAsync(Wide with { Lanes = 256 }, stores, Ct);

        Assert.Equal(streams, plan.Streams);
        // 128 partial sums and the streams' pushes, each as long as the longest range, of 4 bytes a parameter.
        var push = 4L * ((parameters + stores - 1) / stores);
        Assert.InRange((128 + streams) * push, 0, 1L << 30);
        if (streams < (2 * 256) + 2) Assert.InRange((128 + streams + 1) * push, (1L << 30) + 1, long.MaxValue);
    }

    [Fact]
    public async Task Plan_DataSetThatIsGone_IsRefused()
        => await Assert.ThrowsAsync<DataFormatException>(() => PlannerOf(10).PlanAsync(Wide with { Data = "data-gone" }, 1, Ct));

    [Fact]
    public async Task Placements_SplitTensors_NameTheParts()
    {
        var plan = await PlannerOf(10).PlanAsync(Wide, stores: 3, Ct);

        Assert.Equal([0, 3, 6, 10], plan.Offsets);
        Assert.Equal(
        [
            "first /job:ps/replica:0/task:0/device:CPU:0",
            "middle[0:2] /job:ps/replica:0/task:0/device:CPU:0",
            "middle[2:5] /job:ps/replica:0/task:1/device:CPU:0",
            "middle[5:7] /job:ps/replica:0/task:2/device:CPU:0",
            "last /job:ps/replica:0/task:2/device:CPU:0",
        ], TrainingPlanner.Placements(plan));
    }

    [Fact]
    public async Task Plan_ByVariables_DealsWholeTensorsInTurn()
    {
        var spec = new TrainingSpec
        {
            Model = "mlp",
            Layers = "3,2",
            LearningRate = 0.1f,
            Optimizer = TrainingNames.Adam,
            Seed = 9,
            ParameterPlacement = TrainingNames.Variables
        };
        var planner = PlannerOf(new PerceptronFactory());

        var plan = await planner.PlanAsync(spec, stores: 4, Ct);

        // One feature: weights of 3, 6 and 2 and biases of 3, 2 and 1.
        Assert.Equal(["dense0/w", "dense2/w", "dense0/b", "dense2/b", "dense1/w", "dense1/b"], plan.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([0, 5, 9, 15, 17], plan.Offsets);
        Assert.Equal(2, plan.Slots);
        Assert.Equal("dense2/w /job:ps/replica:0/task:0/device:CPU:0", TrainingPlanner.Placements(plan).ElementAt(1));
        var own = new ModelCatalog([new PerceptronFactory()]).Create(spec, 1, 101);
        foreach (var (task, names) in new (int, string[])[] { (0, ["dense0/w", "dense2/w"]), (2, ["dense1/w"]) })
        {
            var parts = planner.ShardOf(plan, task).Initial.Parts;
            Assert.Equal(names.Select(name => (long)own.Layout.Tensors.Single(tensor => tensor.Name == name).Offset), parts.Parts.Select(part => part.Index));
        }
    }

    [Fact]
    public async Task ShardOf_SgdInSynchronousMode_HasItsRuleAndConstant()
    {
        var planner = PlannerOf(new WideModelFactory(10, isConstant: true, GradientScale.Sum));
        var plan = await planner.PlanAsync(Wide with { Lanes = 5 }, stores: 3, Ct);

        var shard = planner.ShardOf(plan, task: 2);

        Assert.Equal((5, 6L, 4, plan.Streams, V1.Mode.Synchronous), (shard.Lanes, shard.Offset, shard.Length, shard.Streams, shard.Mode));
        Assert.Equal((V1.GradientScale.Sum, 0.5f, V1.Optimizer.RuleOneofCase.Sgd),
            (shard.Optimizer.Scale, shard.Optimizer.LearningRate, shard.Optimizer.RuleCase));
        Assert.Equal((V1.Initial.SourceOneofCase.Constant, 7f), (shard.Initial.SourceCase, shard.Initial.Constant));
    }

    [Fact]
    public async Task ShardOf_AdagradInAsynchronousMode_HasItsRuleAndValues()
    {
        var planner = PlannerOf(10);
        var spec = Wide with { Mode = TrainingNames.Async, Optimizer = TrainingNames.Adagrad, InitialAccumulator = 0.25f };
        var plan = await planner.PlanAsync(spec, stores: 3, Ct);

        var shard = planner.ShardOf(plan, task: 1);

        Assert.Equal((V1.Mode.Asynchronous, V1.GradientScale.Mean, 0.25f), (shard.Mode, shard.Optimizer.Scale, shard.Optimizer.Adagrad.InitialAccumulator));
        Assert.Equal([3f, 4f, 5f], MemoryMarshal.Cast<byte, float>(shard.Initial.Values.Span).ToArray());
    }

    [Fact]
    public async Task RequireShards_MoreDifferentValuesThanAnOpenTakes_IsNotSupported()
    {
        const int most = 1 << 18;
        var fits = await PlannerOf(2 * most).PlanAsync(Wide, stores: 2, Ct);
        PlannerOf(2 * most).RequireShards(fits);

        var plan = await PlannerOf((2 * most) + 1).PlanAsync(Wide, stores: 2, Ct);
        var error = Assert.Throws<NotSupportedException>(() => PlannerOf((2 * most) + 1).RequireShards(plan));

        Assert.Contains($"{most + 1} different values", error.Message, StringComparison.Ordinal);
        var constant = PlannerOf(new WideModelFactory((2 * most) + 1, isConstant: true));
        constant.RequireShards(plan);
    }

    [Fact]
    public async Task Check_ModelDataAndLabelThatAreThere_FindsNothing()
    {
        var id = await LoadAsync("a,b,y\n1,2,3\n");

        Assert.Empty(await CheckAsync(PlannerOf(10), Wide));
        Assert.Empty(await CheckAsync(PlannerOf(10), Wide with { Data = id, Label = "y" }));
    }

    [Fact]
    public async Task Check_WhatIsNotThere_NamesFieldValueAndLimit()
    {
        var id = await LoadAsync("a,b,y\n1,2,3\n");
        var planner = PlannerOf(new WideModelFactory(10), new LinearRegressionFactory());

        Assert.Equal([new SpecViolation("model", "deep", "must be linear or wide")], await CheckAsync(planner, Wide with { Model = "deep" }));
        Assert.Equal([new SpecViolation("data", "data-none", "must be the name or the id of a data set")],
            await CheckAsync(planner, Wide with { Data = "data-none", Label = "y" }));
        Assert.Equal([new SpecViolation("label", "a", "must be the label that the data set was loaded with, y")],
            await CheckAsync(planner, Wide with { Data = id, Label = "a" }));
    }

    [Fact]
    public async Task Check_ModelThatIsNotForTheData_SaysWhy()
    {
        var id = await LoadAsync("a,b,c,d,e,f,g,h,i,j,y\n1,2,3,4,5,6,7,8,9,10,11\n");

        var violation = Assert.Single(await CheckAsync(PlannerOf(10), Wide with { Data = id, Label = "y" }));

        Assert.Equal(new SpecViolation("model", "wide", "is not for this data: it takes 9 features"), violation);
    }

    [Fact]
    public async Task Check_LayersLargerThanAnArray_NamesLayersBytesAndLimit()
    {
        var planner = PlannerOf(new PerceptronFactory());
        var spec = new TrainingSpec { Model = "mlp", Layers = "1048576,1048576", LearningRate = 1 };

        var violation = Assert.Single(await CheckAsync(planner, spec));

        Assert.Equal("layers: 1048576,1048576: takes 4398063288324 bytes of parameters with 1 features and 1 outputs; must be at most 8589934364 bytes",
            violation.ToString());
    }

    [Fact]
    public async Task Check_ModelThatIsNotMade_SaysWhyWithoutTheNameOfAParameter()
    {
        var planner = PlannerOf(new WideModelFactory(0));

        var violation = Assert.Single(await CheckAsync(planner, Wide));

        Assert.Equal("model", violation.Field);
        Assert.DoesNotContain("(Parameter", violation.Limit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_StagingAboveTheLimit_NamesLanesAndBytes()
    {
        var spec = Wide with { Lanes = 256 };

        var violation = Assert.Single(await CheckAsync(PlannerOf(4_000_000), spec, stores: 1));
        Assert.Equal(("lanes", "256"), (violation.Field, violation.Value));
        Assert.Contains($"{129L * 16_000_000} bytes on each of 1 ps tasks; must be at most {1 << 30}", violation.Limit, StringComparison.Ordinal);

        Assert.Empty(await CheckAsync(PlannerOf(4_000_000), spec, stores: 2));
        Assert.Empty(await CheckAsync(PlannerOf(4_000_000), spec with { ParameterStores = 2 }, stores: 1));
        Assert.Single(await CheckAsync(PlannerOf(4_000_000), spec with { ParameterStores = 1 }, stores: 2));
        Assert.Single(await CheckAsync(PlannerOf(4_000_000), spec, stores: 0));
    }

    private TrainingPlanner PlannerOf(int parameters) => PlannerOf(new WideModelFactory(parameters));

    private TrainingPlanner PlannerOf(params IModelFactory[] models) =>
        new(new ModelCatalog(models), new RedisDataSets(Redis), Options.Create(new CoordinatorOptions()));

    private Task<IReadOnlyList<SpecViolation>> CheckAsync(TrainingPlanner planner, TrainingSpec spec, int stores = 1) => planner.CheckAsync(spec, stores, Ct);

    private async Task<string> LoadAsync(string csv)
    {
        var id = $"data-{Guid.NewGuid():N}";
        var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(csv));
        await new RedisDataSets(Redis).WriteAsync(
            new NewDataSet(id, new DataImport { Source = id, Label = "y" }, TimeSpan.FromMinutes(5)),
            () => CsvData.Open(file, new CsvOptions { Label = "y" }), null, null, Ct);
        return id;
    }
}
