using Cluster.Client.Data;
using Cluster.Client.Jobs;
using Cluster.Client.Summaries;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cluster.Cli.Output;

/// <summary>A progress bar with rate and time left, and for training a line below it, on a terminal.</summary>
internal sealed class LiveDisplay(TextWriter error, TimeProvider time) : IJobDisplay
{
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(error),
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
    });

    private readonly PartialResultLines _partialResults = new(time);
    private readonly SummaryCurves _curves = new();
    private readonly TrainingNotes _notes = new();

    public Task<JobInfo> ShowAsync(IAsyncEnumerable<JobUpdate> updates)
        => _console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new ShareColumn(), new PaceColumn())
            .UseRenderHook(WithTraining)
            .StartAsync(context => FollowAsync(context, updates));

    public void Recall(IReadOnlyList<SummaryPoint> points) => _curves.Add(points);

    public Task<T> ShowTransferAsync<T>(string name, long length, Func<IProgress<long>, Task<T>> transferAsync)
        => _console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask(Markup.Escape(name), maxValue: Math.Max(1, length));
                bar.IsIndeterminate = length == 0;
                return transferAsync(new BytesSent(bar));
            });

    public Task<T> ShowLoadAsync<T>(string name, Func<IProgress<DataLoadProgress>, Task<T>> loadAsync)
        => _console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RowsColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask(Markup.Escape(name), maxValue: 1);
                bar.IsIndeterminate = true;
                return loadAsync(new Loaded(bar));
            });

    public void Note(string line) => _console.WriteLine(line);

    private async Task<JobInfo> FollowAsync(ProgressContext context, IAsyncEnumerable<JobUpdate> updates)
    {
        JobInfo? job = null;
        ProgressTask? bar = null;
        await foreach (var update in updates)
        {
            job = update.Job;
            foreach (var line in _notes.Next(job)) Note(line);
            foreach (var placement in update.Placements) Note(placement.ToString());
            foreach (var line in _partialResults.Next(update.PartialResults)) Note(line);

            bar ??= context.AddTask(Markup.Escape(job.Id), maxValue: 1);
            if (job.Training is { } training) bar.Tag = new Watched(job, JobText.Training(training), CurvesOf(training));
            else bar.Tag = new Watched(job, "", []);
            bar.Value = job.Progress.Fraction;
        }

        return job!;
    }

    private static IRenderable WithTraining(IRenderable bars, IReadOnlyList<ProgressTask> tasks)
        => tasks is [{ Tag: Watched { Details.Length: > 0 } watched }]
            ? new Rows([bars, new Text(watched.Details), .. watched.Curves.Select(line => new Text(line))])
            : bars;

    // Drawn here, by the one who adds to the curves; the console renders in a thread of its own.
    private string[] CurvesOf(TrainingProgress training)
    {
        _curves.Add(training);
        return [.. _curves.Lines()];
    }

    private sealed record Watched(JobInfo Job, string Details, IReadOnlyList<string> Curves);

    private sealed class BytesSent(ProgressTask bar) : IProgress<long>
    {
        public void Report(long value) => bar.Value = value;
    }

    private sealed class Loaded(ProgressTask bar) : IProgress<DataLoadProgress>
    {
        public void Report(DataLoadProgress value)
        {
            bar.Tag = value;
            bar.IsIndeterminate = value.Fraction is null;
            bar.Value = value.Fraction ?? 0;
        }
    }

    private sealed class RowsColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
            => new Text(task.Tag is DataLoadProgress progress ? Figures.Count(progress.Rows, "row") : "");
    }

    private sealed class ShareColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
            => new Text(task.Tag is Watched watched ? JobText.Share(watched.Job.Progress) : "");
    }

    private sealed class PaceColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
            => new Text(task.Tag is Watched watched ? JobText.Pace(watched.Job.Progress) : "");
    }
}
