using System.Text.Json;
using Cluster.TestCoordinator;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

/// <summary>Training jobs, and jobs of kinds this version does not know, among what is on record.</summary>
public sealed class TrainRecordTests
{
    [Fact]
    public async Task Job_ForPeople_ShowsWhatTheTrainingTook()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Get = (_, _) => Task.FromResult(SampleTrainings.Running(5100));

        var run = await CliRun.RunAsync(coordinator, "job", SampleTrainings.Id);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            [
                "training     2 lanes on 2 parameter stores",
                "committed    clock 2,550, 5,100 examples",
                "examples     10,200, 5.1 k examples/s",
                "loss         0.16251 (training)",
                "segments     5",
                "commits      4",
                "generations  2",
                "steals       3",
                "refusals     1,200 duplicate, 1 rewind",
            ],
            run.Output.Split('\n').SkipWhile(l => !l.StartsWith("training ", StringComparison.Ordinal)).TakeWhile(l => l.Length > 0));
    }

    [Fact]
    public async Task Job_StaleGradients_ShowsStepExpectationAndHistogram()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var job = SampleTrainings.Running(5100);
        job.Training.StepExamples = 64;
        job.Training.StepsPerEpoch = 10;
        job.Training.ExpectedSeconds = 200;
        job.Training.ExpectedFromSteps = 32;
        job.Training.Staleness.AddRange([1200, 0, 3]);
        coordinator.Script.Get = (_, _) => Task.FromResult(job);

        var plain = await CliRun.RunAsync(coordinator, "job", SampleTrainings.Id);
        var json = await CliRun.RunAsync(coordinator, "job", SampleTrainings.Id, "--json");

        Assert.Matches(@"(?m)^step +64 examples, 10 steps an epoch$", plain.Output);
        Assert.Matches(@"(?m)^expected +about 3 min 20 s, by its first 32 steps$", plain.Output);
        Assert.Matches(@"(?m)^staleness +0: 1,200, 2: 3 \(clocks: gradients\)$", plain.Output);
        Assert.Contains("\"stepExamples\":64,\"stepsPerEpoch\":10,\"staleness\":[1200,0,3],\"expectedSeconds\":200,\"lossSet\":\"training\"}", json.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_TrainingJob_IsToldItsBatchAndStepsAndThenTheTimeToExpectOnce()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Watch = async (_, stream, _) =>
        {
            foreach (var seconds in (double[])[0, 12, 13])
            {
                var job = SampleTrainings.Running(5100);
                (job.Training.StepExamples, job.Training.StepsPerEpoch, job.Training.ExpectedSeconds, job.Training.ExpectedFromSteps) = (64, 10, seconds, 32);
                await stream.WriteAsync(new V1.JobUpdate { Job = job });
            }

            await stream.WriteAsync(new V1.JobUpdate { Job = SampleTrainings.Ended(V1.JobState.Cancelled, "enough") });
        };

        var run = await CliRun.RunAsync(coordinator, "watch", SampleTrainings.Id);

        Assert.Single(run.ErrorLines, line => line == $"{SampleTrainings.Id}: effective batch of 64 examples, 10 steps an epoch, 10,200 steps in all");
        Assert.Single(run.ErrorLines, line => line == $"{SampleTrainings.Id}: about 12 s in all, by its first 32 steps");
        Assert.Single(run.ErrorLines, line => line.Contains("in all, by", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Job_NotBegun_HasNoFiguresYet()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Get = (_, _) => Task.FromResult(SampleTrainings.Pending("a worker"));

        var run = await CliRun.RunAsync(coordinator, "job", SampleTrainings.Id);

        Assert.Contains("waiting for a worker", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("committed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_BeforeTheFirstSegmentEnds_HasNoLossAndNoRefusals()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var job = SampleTrainings.Running(1);
        job.Training = new V1.TrainingProgress { Lanes = 1, ParameterStores = 1, Generations = 1 };
        coordinator.Script.Get = (_, _) => Task.FromResult(job);

        var plain = await CliRun.RunAsync(coordinator, "job", SampleTrainings.Id);
        var json = await CliRun.RunAsync(coordinator, "job", SampleTrainings.Id, "--json");

        Assert.Matches(@"(?m)^training +1 lane on 1 parameter store$", plain.Output);
        Assert.DoesNotMatch(@"(?m)^loss", plain.Output);
        Assert.Matches(@"(?m)^refusals +0$", plain.Output);
        Assert.Equal(JsonValueKind.Null, JsonElement.Parse(json.Output).GetProperty("training").GetProperty("loss").ValueKind);
    }

    [Fact]
    public async Task Job_Json_HasTheTrainingBehindTheRest()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Get = (_, _) => Task.FromResult(SampleTrainings.Running(5100));

        var job = JsonElement.Parse((await CliRun.RunAsync(coordinator, "job", SampleTrainings.Id, "--json")).Output);

        Assert.Equal(
            """{"lanes":2,"parameterStores":2,"committedClock":2550,"committedExamples":5100,"segments":5,"commits":4,"generations":2,"steals":3"""
                + ""","refusals":{"duplicate":1200,"rewind":1},"loss":0.16251,"examples":10200,"examplesRate":5100,"stepExamples":0,"stepsPerEpoch":0"""
                + ""","staleness":[],"expectedSeconds":null,"lossSet":"training"}""",
            job.GetProperty("training").GetRawText());
        Assert.Equal("training", job.EnumerateObject().Last().Name);
    }

    [Fact]
    public async Task Cancel_TrainingJob_IsConfirmed()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Cancel = (_, _) => Task.FromResult(SampleTrainings.Ended(V1.JobState.Cancelled, "enough"));

        var run = await CliRun.RunAsync(coordinator, "cancel", SampleTrainings.Id, "--reason", "enough");

        Assert.Equal((0, $"job {SampleTrainings.Id}: cancelled\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Jobs_KindsOfALaterCluster_AreListed()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var later = new V1.Job { Id = "sweep-1", Kind = "sweep", State = (V1.JobState)99 };
        coordinator.Script.List = (_, _) => Task.FromResult(new V1.ListReply { Jobs = { later, SampleTrainings.Running(5100) } });

        var run = await CliRun.RunAsync(coordinator, "jobs");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"(?m)^sweep-1 +sweep +unknown", run.Output);
        Assert.Matches(@"(?m)^training-1a2b3c4d +training +running +50\.0 %", run.Output);
    }

    [Fact]
    public async Task Watch_KindOfALaterCluster_ShowsItsRecord()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var later = new V1.Job { Id = "sweep-1", Kind = "sweep", State = V1.JobState.Succeeded, ResultJson = """{"best":7}""" };
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = later });

        var run = await CliRun.RunAsync(coordinator, "watch", "sweep-1");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"(?m)^result +\{""best"":7\}$", run.Output);
    }
}
