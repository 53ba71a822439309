using Cluster.Client;
using Cluster.Client.Jobs;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;

namespace Cluster.Standalone.Tests.Training;

/// <summary>A synchronous job ends in the bits that one loop gives, on any number of workers and ps tasks, whatever stops.</summary>
public sealed class SameBitsTests
{
    private const int TestLimit = 300_000;

    // Lanes that are no power of two, and a last step of an epoch too short for all of them.
    private static readonly TrainingSpec Odd = new()
    {
        Lanes = 7,
        Batch = 2,
        Epochs = 30,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.8f,
        Seed = 3,
    };

    private static readonly TrainingSpec Long = Odd with { Lanes = 8, Batch = 13, Epochs = 4000 };

    [Theory(Timeout = TestLimit)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    public async Task Train_WorkersAndParameterStores_GiveTheBitsOfOneLoop(int workers, int parameterStores)
    {
        var expected = LineSimulation.Run(Odd);
        await using var cluster = await TrainingFixture.StartAsync(workers, parameterStores);
        await using var client = ClusterClient.Connect(cluster.Connection);

        var model = await client.TrainAsync(Odd, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([expected.Weight, expected.Bias], [.. model.Parameters!["w"], .. model.Parameters["b"]]);
        Assert.Equal(expected.Fingerprint, model.Fingerprint);
        Assert.Equal((LineSimulation.Clocks(Odd), 30L * LineExample.Rows), (model.Steps, model.Examples));
        Assert.Equal(MeanLoss(expected), model.Loss, 1e-9);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_WorkerStopsInTheMiddle_GivesTheSameBits()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = await TrainingFixture.StartAsync(workers: 2, parameterStores: 2);
        await using var client = ClusterClient.Connect(cluster.Connection);
        var job = await client.SubmitAsync(Long, cancellationToken: ct);

        long stoppedAt = 0;
        JobInfo? last = null;
        await foreach (var update in client.WatchAsync(job.Id, ct))
        {
            last = update.Job;
            if (stoppedAt > 0 || last.Progress is not { Done: > 0, Fraction: < 1 } progress) continue;
            stoppedAt = progress.Done;
            await cluster.Workers.StopTaskAsync(1, ct);
        }

        var model = TrainedModel.FromJob(last!);
        Assert.InRange(stoppedAt, 1, LineSimulation.Clocks(Long) - 1);
        Assert.Single(await client.ListTasksAsync(ct), task => task.JobName == JobNames.Worker);
        Assert.Equal((LineSimulation.Run(Long).Fingerprint, (long)Long.Epochs * LineExample.Rows), (model.Fingerprint, model.Examples));
    }

    private static double MeanLoss(LineSimulation.Outcome fit)
    {
        var line = LineExample.Create(Odd.Seed);
        double loss = 0;
        for (long row = 0; row < line.Rows; row++)
            loss += Math.Pow(((double)fit.Weight * line.Features(row)[0]) + fit.Bias - line.Label(row), 2);
        return loss / line.Rows;
    }
}
