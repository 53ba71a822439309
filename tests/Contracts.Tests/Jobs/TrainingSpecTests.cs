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
        Gen.Int[1, TrainingSpec.MaxLanes], Gen.Int[1, TrainingSpec.MaxBatch], Gen.Int[1, TrainingSpec.MaxEpochs], Positive, Positive, Gen.ULong,
        Gen.Int[0, TrainingSpec.MaxParameterStores],
        (lanes, batch, epochs, rate, accumulator, seed, stores) => new TrainingSpec
        {
            Lanes = lanes,
            Batch = batch,
            Epochs = epochs,
            LearningRate = rate,
            InitialAccumulator = accumulator,
            Seed = seed,
            ParameterStores = stores,
            Steps = epochs,
            MaxSeconds = batch,
            EvaluateEpochs = stores,
            Monitor = stores % 2 == 0 ? TrainingNames.Loss : Metric.Accuracy.Name,
            Patience = stores > 0 ? lanes : 0,
            MinDelta = accumulator,
            Target = stores > 1 ? rate : null,
        });

    private static readonly Gen<TrainingSpec> Any = Gen.Select(
        Numbers, Gen.Bool, Gen.Bool.Select(b => TrainingNames.Modes[b ? 1 : 0]), Gen.Int[0, TrainingNames.Optimizers.Count - 1], Gen.Float[-9, 9],
        Gen.Bool, Gen.Bool,
        (spec, data, mode, optimizer, start, hasStart, log) => WithSettings(spec with
        {
            Data = data ? "prices-2" : null,
            Label = data ? "Größe, m²" : null,
            Mode = mode,
            Optimizer = TrainingNames.Optimizers[optimizer],
            StartWeight = hasStart ? start : null,
            StartBias = hasStart ? null : start,
            LogDevicePlacement = log,
        }));

    [Fact]
    public void TryToSpec_FromItsMessage_IsTheSame() => Any.Sample(spec =>
        V1.TrainingSpec.Parser.ParseFrom(spec.ToProto().ToByteArray()).TryToSpec(out var read, out _) && read == spec);

    [Fact]
    public void TryToSpec_Regression_StaysOne()
    {
        Assert.True((Example with { Model = "mlp", Layers = "4", Regression = true }).ToProto().TryToSpec(out var spec, out _));

        Assert.True(spec.Regression);
    }

    [Fact]
    public void Validate_EndsThatNeedAnEvaluation_AreRefusedWithoutOne()
    {
        var wrong = Example with
        {
            Patience = 3,
            Target = 0.5,
            MinDelta = -1,
            Steps = -1,
            MaxSeconds = TrainingSpec.MaxSecondsLimit + 1,
            Monitor = "Loss"
        };

        Assert.Equal(["steps", "maxSeconds", "monitor", "minDelta", "patience", "target"], wrong.Validate().Select(violation => violation.Field));
        Assert.Equal("evaluateEpochs", Assert.Single((Example with { EvaluateSteps = 5, EvaluateEpochs = 1 }).Validate()).Field);
        Assert.Empty((Example with { EvaluateSteps = 5, Patience = 3, Target = 0.5 }).Validate());
    }

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
            Optimizer = "adagrda",
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
                "mode: Sync: must be sync or async or ssp",
                "lanes: 257: must be from 1 to 256",
                "batch: 0: must be from 1 to 1048576",
                "epochs: -1: must be from 1 to 1000000000",
                "optimizer: adagrda: must be sgd or momentum or nesterov or adagrad or adam or adamw or ftrl",
                "learningRate: NaN: must be finite and above 0",
                "initialAccumulator: 0: must be finite and above 0",
                "startWeight: Infinity: must be finite",
                "startBias: NaN: must be finite",
                "parameterStores: -1: must be from 0 to 1024",
            ],
            spec.Validate().Select(v => v.ToString()));
    }

    [Fact]
    public void TryToSpec_Device_IsKeptAndAWrongOneIsRefused()
    {
        var spec = Example with { Device = "/job:worker/task:1/gpu:*", SoftPlacement = true };
        Assert.True(spec.ToProto().TryToSpec(out var read, out _));
        Assert.Equal(spec, read);
        Assert.Equal("device", Assert.Single((Example with { Device = "/gpu:x" }).Validate()).Field);
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

    [Fact]
    public void Validate_SettingsThatTheOptimizerHasNot_NamesEach()
    {
        var spec = Example with
        {
            Optimizer = "sgd",
            Momentum = 0.9f,
            Beta1 = 0.9f,
            Beta2 = 0.9f,
            Epsilon = 1,
            WeightDecay = 0,
            FtrlBeta = 1,
            L1 = 0,
            L2 = 0.5f
        };

        Assert.Equal(["momentum", "beta1", "beta2", "epsilon", "weightDecay", "ftrlBeta", "l1"], spec.Validate().Select(v => v.Field));
        Assert.All(spec.Validate(), v => Assert.Equal("cannot be given with optimizer sgd, which has none", v.Limit));
        Assert.Equal("l2: 0.5: cannot be given with optimizer adamw, which has none",
            Assert.Single((Example with { Optimizer = "adamw", L2 = 0.5f }).Validate()).ToString());
    }

    [Fact]
    public void Validate_SettingsOutOfRange_NamesEachLimit()
    {
        var spec = Example with { Optimizer = "adamw", Beta1 = 1, Beta2 = float.NaN, Epsilon = 0, WeightDecay = -1 };

        Assert.Equal(
            ["beta1: 1: must be at least 0 and below 1", "beta2: NaN: must be at least 0 and below 1", "epsilon: 0: must be finite and above 0",
            "weightDecay: -1: must be finite and at least 0"],
            spec.Validate().Select(v => v.ToString()));
    }

    [Fact]
    public void Validate_Schedules_NameWhatIsMissingOrTooMuch()
    {
        (TrainingSpec Spec, string Expected)[] cases =
        [
            (Example with { Schedule = "linear" }, "schedule: linear: must be constant or step or exponential or cosine"),
            (Example with { Schedule = "step" }, "decaySteps: '': must be given with schedule step"),
            (Example with { DecaySteps = 3 }, "decaySteps: 3: cannot be given with schedule constant, which has none"),
            (Example with { DecayFactor = 0.5f }, "decayFactor: 0.5: cannot be given with schedule constant, which has none"),
            (Example with { Schedule = "exponential", DecaySteps = 0 }, "decaySteps: 0: must be from 1 to 1000000000000"),
            (Example with { Schedule = "exponential", DecaySteps = 9, DecayFactor = 0 }, "decayFactor: 0: must be above 0 and at most 1"),
            (Example with { Schedule = "cosine", DecayFactor = 1.5f }, "decayFactor: 1.5: must be from 0 to 1"),
            (Example with { WarmupSteps = -1 }, "warmupSteps: -1: must be from 0 to 1000000000000"),
            (Example with { Optimizer = "ftrl", WarmupSteps = 1 }, "warmupSteps: 1: cannot be given with optimizer ftrl, whose rate is constant"),
            (Example with { Optimizer = "ftrl", Schedule = "cosine" }, "schedule: cosine: cannot be given with optimizer ftrl, whose rate is constant"),
        ];

        Assert.All(cases, c => Assert.Equal(c.Expected, Assert.Single(c.Spec.Validate()).ToString()));
        Assert.Empty((Example with { Schedule = "cosine", DecayFactor = 0, WarmupSteps = 5 }).Validate());
    }

    [Fact]
    public void Validate_ModelFields_NameWhatIsMissingWrongOrTooMuch()
    {
        (TrainingSpec Spec, string Expected)[] cases =
        [
            (Example with { Model = "mlp" }, "layers: '': must be 1 to 64 numbers from 1 to 1048576, separated by commas with model mlp"),
            (Example with { Model = "mlp", Layers = "4,0" }, "layers: 4,0: must be 1 to 64 numbers from 1 to 1048576, separated by commas"),
            (Example with { Model = "mlp", Layers = "4", Activation = "step" }, "activation: step: must be relu or tanh or sigmoid"),
            (Example with { Model = "mlp", Layers = "4", Initialiser = "one" }, "initialiser: one: must be glorot or he"),
            (Example with { Model = "softmax", Classes = 1 }, "classes: 1: must be from 2 to 65536"),
            (Example with { Model = "logistic", Classes = 2 }, "classes: 2: cannot be given with model logistic, which has none"),
            (Example with { Model = "softmax", StartBias = 1 }, "startBias: 1: cannot be given with model softmax, which has none"),
            (Example with { Model = "mlp", Layers = "4", Classes = 2, Regression = true },
            "regression: true: cannot be given with classes: a model names classes or predicts a number"),
            (Example with { Model = "softmax", Regression = true }, "regression: true: cannot be given with model softmax: only mlp is a regression or not"),
            (Example with { Layers = "4" }, "layers: 4: cannot be given with model linear, which has none"),
            (Example with { ParameterPlacement = "rows" }, "parameterPlacement: rows: must be ranges or variables"),
        ];

        Assert.All(cases, c => Assert.Equal(c.Expected, Assert.Single(c.Spec.Validate()).ToString()));
        Assert.Empty((Example with { Model = "mlp", Layers = "128,64", Activation = "tanh", Initialiser = "glorot", Classes = 10 }).Validate());
        Assert.Empty((Example with { Model = "mlp", Layers = "4", Regression = true }).Validate());
        Assert.Empty((Example with { Model = "of-our-own", Layers = "4", StartBias = 2 }).Validate());
    }

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

    /// <summary>Each setting that the optimizer has, and a schedule where it may have one.</summary>
    private static TrainingSpec WithSettings(TrainingSpec spec)
    {
        foreach (var setting in OptimizerSetting.All.Where(s => s.Optimizers.Contains(spec.Optimizer)))
            spec = setting.Write(spec, setting.Default);
        if (spec.Seed % 2 == 0)
            spec = spec with
            {
                Model = TrainingNames.Mlp,
                Layers = "8,3",
                Activation = TrainingNames.Tanh,
                Initialiser = TrainingNames.He,
                Classes = 4,
                StartWeight = null,
                StartBias = null,
                ParameterPlacement = TrainingNames.Variables
            };
        return spec.Optimizer == TrainingNames.Ftrl ? spec : spec with { Schedule = TrainingNames.Step, WarmupSteps = 7, DecaySteps = 100, DecayFactor = 0.5f };
    }
}
