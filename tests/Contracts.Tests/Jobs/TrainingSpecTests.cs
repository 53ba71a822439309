using System.Text.Json;
using Cluster.Contracts.Jobs;
using CsCheck;
using Google.Protobuf;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Contracts.Tests.Jobs;

public sealed class TrainingSpecTests
{
    private static readonly TrainingSpec Example = new() { LearningRate = 0.8f };

    private static readonly Gen<float> Positive = Gen.Float[1e-6f, 1e6f];

    private static readonly Gen<TrainingSpec> Numbers = Gen.Select(
        Gen.Int[1, TrainingSpec.MaxLanes], Gen.Int[1, TrainingSpec.MaxBatch], Gen.Int[1, TrainingSpec.MaxEpochs], Positive, Positive, Gen.ULong, Gen.Int[0, TrainingSpec.MaxParameterStores],
        (lanes, batch, epochs, rate, accumulator, seed, stores) => new TrainingSpec
        {
            Lanes = lanes,
            Batch = batch,
            Epochs = epochs,
            LearningRate = rate,
            InitialAccumulator = accumulator,
            Seed = seed,
            ParameterStores = stores,
        });

    private static readonly Gen<TrainingSpec> Any = Gen.Select(
        Numbers, Gen.Bool, Gen.Bool.Select(b => TrainingNames.Modes[b ? 1 : 0]), Gen.Bool.Select(b => TrainingNames.Optimizers[b ? 1 : 0]), Gen.Float[-9, 9], Gen.Bool, Gen.Bool,
        (spec, data, mode, optimizer, start, hasStart, log) => spec with
        {
            Data = data ? "prices-2" : null,
            Label = data ? "Größe, m²" : null,
            Mode = mode,
            Optimizer = optimizer,
            StartWeight = hasStart ? start : null,
            StartBias = hasStart ? null : start,
            LogDevicePlacement = log,
        });

    [Fact]
    public void TryToSpec_FromItsMessage_IsTheSame() => Any.Sample(spec =>
        V1.TrainingSpec.Parser.ParseFrom(spec.ToProto().ToByteArray()).TryToSpec(out var read, out _) && read == spec);

    [Fact]
    public void Json_FromItsRecord_IsTheSame() => Any.Sample(spec =>
        JsonSerializer.Deserialize<TrainingSpec>(JsonSerializer.Serialize(spec, SpecJson.Options), SpecJson.Options) == spec);

    [Fact]
    public void TryToSpec_StartOfZero_IsNotAbsent()
    {
        Assert.True((Example with { StartWeight = 0 }).ToProto().TryToSpec(out var spec, out _));

        Assert.Equal((0f, (float?)null), (spec.StartWeight, spec.StartBias));
    }

    [Fact]
    public void Defaults_OnlyTheLearningRateGiven_AreEightSynchronousLanes()
    {
        Assert.Empty(Example.Validate());
        Assert.Equal((8, "sync", "sgd", "linear"), (Example.Lanes, Example.Mode, Example.Optimizer, Example.Model));
    }

    [Fact]
    public void TryToSpec_EmptyMessage_ListsEverythingThatIsWrong()
    {
        Assert.False(new V1.TrainingSpec().TryToSpec(out var spec, out var violations));

        Assert.Null(spec);
        Assert.Equal(["model", "mode", "lanes", "batch", "epochs", "optimizer", "learningRate", "initialAccumulator"], violations.Select(v => v.Field));
    }

    [Fact]
    public void Validate_EverythingWrong_ListsEverything()
    {
        var spec = new TrainingSpec
        {
            Model = "MLP",
            Data = "../x",
            Mode = "Sync",
            Lanes = 257,
            Batch = 0,
            Epochs = -1,
            Optimizer = "adam",
            LearningRate = float.NaN,
            InitialAccumulator = 0,
            StartWeight = float.PositiveInfinity,
            StartBias = float.NaN,
            ParameterStores = -1,
        };

        Assert.Equal(
            [
                "model: MLP: must be 1 to 64 lower-case letters, digits or '-'",
                "data: ../x: must be 1 to 64 lower-case letters, digits or '-'",
                "label: '': must have 1 to 256 characters where data is given",
                "mode: Sync: must be sync or async or ssp",
                "lanes: 257: must be from 1 to 256",
                "batch: 0: must be from 1 to 1048576",
                "epochs: -1: must be from 1 to 1000000000",
                "optimizer: adam: must be sgd or adagrad",
                "learningRate: NaN: must be finite and above 0",
                "initialAccumulator: 0: must be finite and above 0",
                "startWeight: Infinity: must be finite",
                "startBias: NaN: must be finite",
                "parameterStores: -1: must be from 0 to 1024",
            ],
            spec.Validate().Select(v => v.ToString()));
    }

    [Fact]
    public void TryToSpec_StalenessAndLocalSteps_AreKept()
    {
        TrainingSpec[] specs = [Example with { Mode = TrainingNames.Ssp, Staleness = 64 }, Example with { LocalSteps = 1024 }];

        Assert.All(specs, spec => Assert.True(spec.ToProto().TryToSpec(out var read, out _) && read == spec));
    }

    [Fact]
    public void Validate_ModesThatDoNotFit_NameFieldAndLimit() => Assert.Equal(
        [
            "staleness: 1: must be 0 where the mode is not ssp",
            "localSteps: 2: must be 1 where the mode is not sync",
            "staleness: 65: must be from 0 to 64",
            "localSteps: 0: must be from 1 to 1024",
            "optimizer: adagrad: must be sgd where localSteps is above 1: a lane makes plain steps and keeps nothing between rounds",
        ],
        ((TrainingSpec[])
        [
            Example with { Mode = TrainingNames.Async, Staleness = 1 },
            Example with { Mode = TrainingNames.Ssp, LocalSteps = 2 },
            Example with { Mode = TrainingNames.Ssp, Staleness = 65 },
            Example with { LocalSteps = 0 },
            Example with { LocalSteps = 2, Optimizer = TrainingNames.Adagrad },
        ]).SelectMany(spec => spec.Validate()).Select(v => v.ToString()));

    [Fact]
    public void Validate_LabelWithoutData_IsAViolation()
        => Assert.Equal("label: y: must be empty where no data is given", Assert.Single((Example with { Label = "y" }).Validate()).ToString());

    [Theory]
    [InlineData(8, 2, 1, 3, 7 * 2 * 4)]
    [InlineData(7, 5, 2, 1, 5 * 3 * 4)]
    [InlineData(1, 1, 1, 1, 2 * 4)]
    public void StagingBytes_SmallJobs_AreCounted(int lanes, long parameters, int stores, int streams, long bytes)
        => Assert.Equal(bytes, (Example with { Lanes = lanes }).StagingBytes(parameters, stores, streams));

    [Fact]
    public void ValidateStaging_AboveTheLimit_NamesTheBytes()
    {
        const int Fits = 1 << 21;
        var spec = Example with { Lanes = 128 };

        Assert.Empty(spec.ValidateStaging(Fits, stores: 1, streams: 64));
        Assert.Equal(
            "lanes: 128: gradients under way would take 1073742336 bytes on each of 1 ps tasks; must be at most 1073741824",
            Assert.Single(spec.ValidateStaging(Fits + 1, stores: 1, streams: 64)).ToString());
        Assert.Empty(spec.ValidateStaging(Fits + 1, stores: 2, streams: 64));
    }
}
