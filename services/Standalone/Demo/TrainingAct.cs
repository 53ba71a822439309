using System.Globalization;
using Cluster.Cli.Reports;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Models.Linear;

namespace Cluster.Standalone.Demo;

/// <summary>TensorFlow's example of a line, asynchronously; then one synchronous job three times: the same bits on any number of workers.</summary>
internal static class TrainingAct
{
    private const ulong Seed = 1;
    private static readonly TrainingSpec Example = new()
    {
        Mode = TrainingNames.Async,
        Lanes = 2,
        Batch = 1,
        Epochs = 200,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.8f,
        Seed = Seed,
    };

    // 8 lanes of 13 take all 101 points in each step: full-batch descent, which ends at the best line.
    private static readonly TrainingSpec Synchronous = Example with { Mode = TrainingNames.Sync, Lanes = 8, Batch = 13, Epochs = 6000 };

    public static async Task<bool> PlayAsync(DemoStage stage, CancellationToken cancellationToken)
    {
        stage.Output.WriteLine();
        stage.Output.WriteLine("3. A line through 101 noisy points by asynchronous gradient descent: 2 lanes, 100 epochs each");
        var line = await RunAsync(stage, Example, stopWorker: false, cancellationToken);
        WriteLeastSquares(stage.Output);

        stage.Output.WriteLine();
        stage.Output.WriteLine($"4. The same line by synchronous steps of 8 lanes, on {stage.Workers} workers");
        var many = await RunAsync(stage, Synchronous, stopWorker: false, cancellationToken);
        stage.Output.WriteLine();
        stage.Output.WriteLine($"5. That job again, and worker {stage.Workers - 1} stops in the middle");
        var stopped = await RunAsync(stage, Synchronous, stopWorker: true, cancellationToken);
        while (stage.Workers > 1) await stage.StopWorkerAsync(cancellationToken);
        stage.Output.WriteLine();
        stage.Output.WriteLine("6. That job again, on the one worker that is left");
        var one = await RunAsync(stage, Synchronous, stopWorker: false, cancellationToken);
        stage.Output.WriteLine();
        return CompareExamples(stage.Output, line, [many, stopped, one]) && CompareBits(stage.Output, [many, stopped, one]);
    }

    private static async Task<TrainedModel> RunAsync(DemoStage stage, TrainingSpec spec, bool stopWorker, CancellationToken cancellationToken)
    {
        var job = await stage.Cluster.SubmitAsync(spec, cancellationToken: cancellationToken);
        var ended = await stage.ShowAsync(job, stopWorker, cancellationToken);
        JobReport.WriteResult(stage.Run, ended);
        return TrainedModel.FromJob(ended);
    }

    private static void WriteLeastSquares(TextWriter output)
    {
        var fit = LeastSquares.Fit(LineExample.Create(Seed));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"The best line there is, by least squares: loss {fit.Loss:0.0000}, w {fit.Weights[0]:0.0000}, b {fit.Bias:0.0000}"));
    }

    private static bool CompareExamples(TextWriter output, TrainedModel line, TrainedModel[] runs)
    {
        var lineExamples = (long)Example.Epochs * LineExample.Rows;
        var runExamples = (long)Synchronous.Epochs * LineExample.Rows;
        if (line.Examples != lineExamples || runs.Any(run => run.Examples != runExamples))
        {
            output.WriteLine($"Contributed were {line.Examples} and {string.Join(", ", runs.Select(run => run.Examples))} examples, not "
                + $"{lineExamples} and {runExamples}. That must not be; please report it.");
            return false;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Every example of every epoch contributed exactly once: {lineExamples:N0} to job 3, {runExamples:N0} to each of the others."));
        return true;
    }

    private static bool CompareBits(TextWriter output, TrainedModel[] runs)
    {
        if (runs.Select(run => run.Fingerprint).Distinct().Count() > 1)
        {
            output.WriteLine("The fingerprints of the synchronous runs differ. That must not be; please report it.");
            return false;
        }

        output.WriteLine($"The three synchronous runs ended in the same bits, {runs[0].Fingerprint[..16]}…, on three workers, "
            + "on three of which one stopped, and on one.");
        return true;
    }
}
