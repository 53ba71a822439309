using System.Text.Json;
using Cluster.Client;
using Cluster.Contracts.Jobs;
using Cluster.TestCoordinator;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

public sealed class TrainCommandTests
{
    private const string ResultLine =
        $$"""{"job":"{{SampleTrainings.Id}}","mode":"async","lanes":2,"steps":10200,"examples":20200,"loss":0.15831,"parameters":{"w":[1.983]"""
            + $$""","b":[0.2104]},"fingerprint":"{{SampleTrainings.Fingerprint}}","seconds":4,"lossSet":"training"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Linear_NoOptions_IsTensorFlowsExample()
    {
        await using var coordinator = await StartAsync();

        await CliRun.RunAsync(coordinator, "train", "linear");

        Assert.Equal(
            new V1.TrainingSpec
            {
                Model = "linear",
                Mode = "async",
                Lanes = 2,
                Batch = 1,
                Epochs = 200,
                Optimizer = "adagrad",
                LearningRate = 0.8f,
                InitialAccumulator = 0.1f,
                LocalSteps = 1
            },
            Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training);
    }

    [Theory]
    [InlineData("train", "linear")]
    [InlineData("train --model linear", "linear")]
    [InlineData("train --model of-our-own --lanes 4", "of-our-own")]
    public async Task Train_Model_ArrivesInTheSpec(string commandLine, string model)
    {
        await using var coordinator = await StartAsync();

        var run = await CliRun.RunAsync(coordinator, commandLine.Split(' '));

        Assert.Equal((0, model), (run.ExitCode, Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training.Model));
    }

    [Fact]
    public async Task Linear_Sync_TakesTheSameExamples()
    {
        await using var coordinator = await StartAsync();

        await CliRun.RunAsync(coordinator, "train", "linear", "--mode", "sync", "--optimizer", "sgd");

        var spec = Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training;
        Assert.Equal(("sync", 2, 1, 200, "sgd", 0.01f), (spec.Mode, spec.Lanes, spec.Batch, spec.Epochs, spec.Optimizer, spec.LearningRate));
    }

    [Fact]
    public async Task Linear_EvaluationAndEnds_ArriveInTheSpec()
    {
        await using var coordinator = await StartAsync();

        await CliRun.RunAsync(coordinator, ("train linear --steps 1e6 --max-time 60 --evaluate-steps 500 --monitor accuracy --patience 3 --min-delta 0.01 "
            + "--target 0.97").Split(' '));

        var spec = Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training;
        Assert.Equal((1_000_000L, 60L, 500L, 0), (spec.Steps, spec.MaxSeconds, spec.EvaluateSteps, spec.EvaluateEpochs));
        Assert.Equal(("accuracy", 3, 0.01, 0.97), (spec.Monitor, spec.Patience, spec.MinDelta, spec.Target));
    }

    [Fact]
    public async Task Linear_EveryOption_ArrivesInTheSpec()
    {
        await using var coordinator = await StartAsync();

        await CliRun.RunAsync(
            coordinator,
            ("train linear --mode sync --lanes 7 --batch 16 --epochs 1e3 --optimizer adagrad --learning-rate 0.25 --initial-accumulator 0.5 --start-weight "
            + "-1.5 --start-bias 2e-3 --seed 42 --parameter-stores 3 --device /job:worker/cpu:0 --soft-placement --log-device-placement").Split(' '));

        Assert.Equal(
            new V1.TrainingSpec
            {
                Model = "linear",
                Mode = "sync",
                Lanes = 7,
                Batch = 16,
                Epochs = 1000,
                Optimizer = "adagrad",
                LearningRate = 0.25f,
                InitialAccumulator = 0.5f,
                StartWeight = -1.5f,
                StartBias = 0.002f,
                Seed = 42,
                ParameterStores = 3,
                Device = "/job:worker/cpu:0",
                SoftPlacement = true,
                LogDevicePlacement = true,
                LocalSteps = 1,
            },
            Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training);
    }

    [Fact]
    public async Task Train_Perceptron_ArrivesInTheSpec()
    {
        await using var coordinator = await StartAsync();

        await CliRun.RunAsync(coordinator,
            "train --model mlp --layers 128,64 --activation tanh --initialiser he --classes 10 --parameter-placement variables".Split(' '));

        var spec = Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training;
        Assert.Equal(("mlp", "128,64", "tanh", "he", 10, "variables"),
            (spec.Model, spec.Layers, spec.Activation, spec.Initialiser, spec.Classes, spec.ParameterPlacement));
    }

    [Theory]
    [InlineData("train --model mlp --layers 8 --regression", true)]
    [InlineData("train --model mlp --layers 8", false)]
    public async Task Train_Regression_ArrivesInTheSpec(string command, bool isRegression)
    {
        await using var coordinator = await StartAsync();

        await CliRun.RunAsync(coordinator, command.Split(' '));

        Assert.Equal(isRegression, Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training.Regression);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Train_Warning_IsSaidOnceOnStandardErrorAndStandsInTheResult(bool isTerminal)
    {
        const string Warning = "no row has label 0";
        await using var coordinator = await StartAsync();
        var running = SampleTrainings.Running(5100);
        running.Training.Warnings.Add(Warning);
        var succeeded = SampleTrainings.Succeeded();
        succeeded.Training.Warnings.Add(Warning);
        succeeded.ResultJson = $$"""{{{SampleTrainings.ResultJson[1..^1]}},"warnings":["{{Warning}}"]}""";
        coordinator.Script.Watch = async (_, stream, _) =>
        {
            foreach (var job in (V1.Job[])[running, running, succeeded]) await stream.WriteAsync(new V1.JobUpdate { Job = job });
        };

        var plain = await CliRun.RunAsync(CliRun.Host(coordinator) with { IsErrorTerminal = isTerminal }, ["train", "linear"], Token);
        var json = await CliRun.RunAsync(coordinator, "train", "linear", "--json");

        Assert.Equal(2, plain.Error.Split($"{SampleTrainings.Id}: warning: {Warning}").Length);
        Assert.Matches($"(?m)^warning +{Warning}$", plain.Output);
        Assert.EndsWith($",\"lossSet\":\"training\",\"warnings\":[\"{Warning}\"]}}\n", json.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_AdamWithCosine_ArrivesInTheSpec()
    {
        await using var coordinator = await StartAsync();

        await CliRun.RunAsync(coordinator, ("train --optimizer adam --beta1 0.8 --beta2 0.99 --epsilon 1e-6 --l2 1e-4 --schedule cosine --warmup 100 "
            + "--decay-steps 1e4 --decay-factor 0.1").Split(' '));

        var spec = Assert.Single(coordinator.Received<V1.SubmitRequest>()).Training;
        Assert.Equal(("adam", 0.001f, 0.8f, 0.99f, 1e-6f, 1e-4f), (spec.Optimizer, spec.LearningRate, spec.Beta1, spec.Beta2, spec.Epsilon, spec.L2));
        Assert.Equal(("cosine", 100, 10_000, 0.1f), (spec.Schedule, spec.WarmupSteps, spec.DecaySteps, spec.DecayFactor));
        Assert.False(spec.HasMomentum || spec.HasWeightDecay || spec.HasL1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Linear_Json_IsExactlyOneLine(bool isTerminal)
    {
        await using var coordinator = await StartAsync();

        var run = await CliRun.RunAsync(CliRun.Host(coordinator) with { IsErrorTerminal = isTerminal },
            ["train", "linear", "--json", "--log-device-placement"], Token);

        Assert.Equal((0, ResultLine + "\n"), (run.ExitCode, run.Output));
        Assert.Equal(
            ["job", "mode", "lanes", "steps", "examples", "loss", "parameters", "fingerprint", "seconds", "lossSet"],
            JsonElement.Parse(run.Output).EnumerateObject().Select(p => p.Name));
        Assert.Contains("partial result from /job:worker/task:0: w 1.98, b 0.21", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Linear_ForPeople_ShowsPartialResultsPlacementsAndTheModel()
    {
        await using var coordinator = await StartAsync();

        var run = await CliRun.RunAsync(coordinator, "train", "linear", "--log-device-placement");

        Assert.Equal(
            [
                "w: /job:ps/replica:0/task:0/device:CPU:0",
                "b: /job:ps/replica:0/task:1/device:CPU:0",
                "partial result from /job:worker/task:0: w 1.98, b 0.21",
                "partial result from /job:worker/task:1: w -0.04, b 0.00",
                $"{SampleTrainings.Id}: running, 50.0 %, 5,100 of 10,200 steps, 2.55 k steps/s, 2 s left, 5.1 k examples/s, training loss 0.163, "
                + "committed 2,550, 3 steals, generation 2",
                $"{SampleTrainings.Id}: succeeded, 100.0 %, 10,200 of 10,200 steps, training loss 0.163, committed 5,100, 3 steals, generation 2",
            ],
            run.ErrorLines);
        Assert.Equal(
            $"""
            loss         0.15831 (training)
            w            1.983
            b            0.2104
            steps        10,200, async, 2 lanes
            examples     20,200
            speed        2.55 k steps/s, 5.05 k examples/s
            time         4.000 s
            fingerprint  {SampleTrainings.Fingerprint}
            job          {SampleTrainings.Id}

            """, run.Output);
    }

    [Fact]
    public async Task Linear_OnATerminal_DrawsLossAndPartialResultsOnStandardErrorOnly()
    {
        await using var coordinator = await StartAsync();

        var run = await CliRun.RunAsync(CliRun.Host(coordinator) with { IsErrorTerminal = true }, ["train", "linear"], Token);

        Assert.Contains("training loss 0.163", run.Error, StringComparison.Ordinal);
        Assert.Contains("partial result from /job:worker/task:1: w -0.04, b 0.00", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("partial", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Linear_ManyFeatures_ShowsTheFirstAndHowManyThereAre()
    {
        await using var coordinator = await StartAsync();
        var job = SampleTrainings.Succeeded();
        job.ResultJson = """{"mode":"sync","lanes":1,"steps":1,"examples":1,"loss":2.5,"parameters":{"w":[1,2,3,4,5,6,7,8,9],"b":[0.5]},"fingerprint":"f"}""";
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = job });

        var run = await CliRun.RunAsync(coordinator, "train", "linear");

        Assert.Matches(@"(?m)^w +\[1, 2, 3, 4, 5, 6, 7, 8, …\] \(9 values\)$", run.Output);
        Assert.Matches(@"(?m)^steps +1, sync, 1 lane$", run.Output);
    }

    [Fact]
    public async Task Linear_ModelTooLargeToSpellOut_HasNullParameters()
    {
        await using var coordinator = await StartAsync();
        var job = SampleTrainings.Succeeded();
        job.ResultJson = """{"mode":"sync","lanes":1,"steps":1,"examples":1,"loss":2.5,"parameters":null,"fingerprint":"f"}""";
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = job });

        var json = await CliRun.RunAsync(coordinator, "train", "linear", "--json");
        var plain = await CliRun.RunAsync(coordinator, "train", "linear");

        Assert.Contains("\"loss\":2.5,\"parameters\":null,\"fingerprint\":\"f\"", json.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^fingerprint +f$", plain.Output);
    }

    [Fact]
    public async Task Linear_Waiting_SaysForWhat()
    {
        await using var coordinator = await StartAsync();
        coordinator.Script.Watch = async (_, stream, _) =>
        {
            await stream.WriteAsync(new V1.JobUpdate { Job = SampleTrainings.Pending("2 parameter stores") });
            await stream.WriteAsync(new V1.JobUpdate { Job = SampleTrainings.Succeeded() });
        };

        var run = await CliRun.RunAsync(coordinator, "train", "linear");

        Assert.Equal($"{SampleTrainings.Id}: pending, 0.0 %, 0 of 10,200 steps, waiting for 2 parameter stores", run.ErrorLines[0]);
    }

    [Theory]
    [InlineData(V1.JobState.Failed, "failed: lane 3, clock 1200: the gradient of tensor w is not finite")]
    [InlineData(V1.JobState.Cancelled, "was cancelled: lane 3, clock 1200: the gradient of tensor w is not finite")]
    public async Task Linear_EndsBadly_IsOneLineAndCode1(V1.JobState state, string expected)
    {
        await using var coordinator = await StartAsync();
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(
            new V1.JobUpdate { Job = SampleTrainings.Ended(state, "lane 3, clock 1200: the gradient of tensor w is not finite") });

        var run = await CliRun.RunAsync(coordinator, "train", "linear", "--json");

        Assert.Equal((ExitCode.Failed, "", $"job {SampleTrainings.Id} {expected}"), (run.Exit, run.Output, run.ErrorLines[^1]));
    }

    [Fact]
    public async Task Linear_CoordinatorRefusesSpec_NamesTheOptions()
    {
        await using var coordinator = await StartAsync();
        coordinator.Script.Submit = (_, _) => throw SpecRejection.ToRpcException(
            [new("learningRate", "9", "must be small"), new("parameterStores", "3", "there are 2")]);

        var run = await CliRun.RunAsync(coordinator, "train", "linear");

        Assert.Equal((2, "", "--learning-rate: 9: must be small\n--parameter-stores: 3: there are 2\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Linear_Detach_WritesTheIdAndDoesNotWatch()
    {
        await using var coordinator = await StartAsync();

        var run = await CliRun.RunAsync(coordinator, "train", "linear", "--detach", "--json");

        Assert.Equal((0, $$"""{"job":"{{SampleTrainings.Id}}"}""" + "\n"), (run.ExitCode, run.Output));
        Assert.Empty(coordinator.Received<V1.WatchRequest>());
    }

    [Theory]
    [InlineData("train linear --json", 0, "detached; job training-1a2b3c4d goes on: `cluster watch training-1a2b3c4d` shows it again, `cluster cancel "
        + "training-1a2b3c4d` ends it")]
    [InlineData("train linear --cancel-on-exit", 1, "job training-1a2b3c4d is cancelled")]
    public async Task Linear_Interrupted_DetachesOrCancels(string commandLine, int cancels, string expected)
    {
        await using var coordinator = await StartAsync();
        using var source = new CancellationTokenSource();
        coordinator.Script.Watch = async (_, stream, context) =>
        {
            await stream.WriteAsync(new V1.JobUpdate { Job = SampleTrainings.Running(100) });
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        coordinator.Script.Cancel = (_, _) => Task.FromResult(SampleTrainings.Ended(V1.JobState.Cancelled, "interrupted"));

        var run = await CliRun.RunAsync(CliRun.Host(coordinator), commandLine.Split(' '), source.Token);

        Assert.Equal((ExitCode.Interrupted, "", expected), (run.Exit, run.Output, run.ErrorLines[^1]));
        Assert.Equal(cancels, coordinator.Received<V1.CancelRequest>().Count);
    }

    [Fact]
    public async Task Linear_EmbeddedCluster_TrainsThere()
    {
        await using var coordinator = await StartAsync();
        var host = CliRun.Host([]) with
        {
            EmbeddedCluster = (_, _) =>
            ValueTask.FromResult(new ClusterConnection(coordinator.Address, ScriptedCoordinator.Key))
        };

        var run = await CliRun.RunAsync(host, ["train", "linear", "--json"], Token);

        Assert.Equal((0, ResultLine + "\n"), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData("--json")]
    [InlineData("")]
    public async Task Watch_TrainingJob_ShowsTheModel(string option)
    {
        await using var coordinator = await StartAsync();

        var run = await CliRun.RunAsync(coordinator, [.. $"watch {SampleTrainings.Id} {option}".Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(SampleTrainings.Fingerprint, run.Output, StringComparison.Ordinal);
        if (option.Length > 0) Assert.Equal(ResultLine + "\n", run.Output);
    }

    private static async Task<ScriptedCoordinator> StartAsync()
    {
        var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Submit = (_, _) => Task.FromResult(SampleTrainings.Pending());
        coordinator.Script.Watch = WatchToTheEnd;
        return coordinator;
    }

    private static async Task WatchToTheEnd(V1.WatchRequest request, IServerStreamWriter<V1.JobUpdate> stream, ServerCallContext context)
    {
        await stream.WriteAsync(new V1.JobUpdate
        {
            Job = SampleTrainings.Running(5100),
            Placements = { SampleTrainings.Placements() },
            PartialResults = { SampleTrainings.Partial(0, 100, 1.9812f, 0.2101f), SampleTrainings.Partial(1, 100, -0.0401f, 0) },
        });
        await stream.WriteAsync(new V1.JobUpdate { Job = SampleTrainings.Succeeded() });
    }
}
