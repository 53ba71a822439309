using System.Globalization;
using Cluster.Client;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Standalone.Embedded;

namespace Cluster.Benchmarks.Exchange;

/// <summary>The example of a line through 101 points, on a whole cluster in this process: segments, commits and all.</summary>
internal static class TrainingBenchmark
{
    private static readonly TrainingSpec Asynchronous = new()
    {
        Mode = TrainingNames.Async,
        Lanes = 2,
        Batch = 1,
        Epochs = 2_000,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.8f,
        Seed = 1,
    };

    private static readonly TrainingSpec Synchronous = Asynchronous with { Mode = TrainingNames.Sync, Lanes = 8, Batch = 13, Epochs = 30_000 };

    public static async Task RunAsync(int workers)
    {
        await using var running =
            await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Workers = workers, ParameterStores = 1 }, CancellationToken.None);
        await using var cluster = ClusterClient.Connect(running.Connection);
        foreach (var spec in (TrainingSpec[])[Asynchronous, Synchronous])
        {
            await cluster.TrainAsync(spec with { Epochs = spec.Epochs / 10 });
            Write(workers, await cluster.TrainAsync(spec));
        }
    }

    private static void Write(int workers, TrainedModel model)
    {
        var seconds = model.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model.Mode,-5} {model.Lanes} lanes {workers} workers  {model.Steps / seconds,7:N0} steps/s, {model.Examples / seconds,9:N0} examples/s, "
            + $"{model.Steps,7:N0} steps in {seconds:F1} s | prototype: {Prototypes.None}"));
    }
}
