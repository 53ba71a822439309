using Cluster.Client.Jobs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cluster.Cli.Output;

/// <summary>A progress bar with rate and time left, on a terminal.</summary>
internal sealed class LiveDisplay(TextWriter error) : IJobDisplay
{
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(error),
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
    });

    public Task<JobInfo> ShowAsync(IAsyncEnumerable<JobUpdate> updates)
        => _console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new ShareColumn(), new PaceColumn())
            .StartAsync(context => FollowAsync(context, updates));

    public void Note(string line) => _console.WriteLine(line);

    private async Task<JobInfo> FollowAsync(ProgressContext context, IAsyncEnumerable<JobUpdate> updates)
    {
        JobInfo? job = null;
        ProgressTask? bar = null;
        await foreach (var update in updates.ConfigureAwait(false))
        {
            job = update.Job;
            foreach (var placement in update.Placements) Note(placement.ToString());

            bar ??= context.AddTask(Markup.Escape($"{job.Kind} {job.Id}"), maxValue: 1);
            bar.Tag = job.Progress;
            bar.Value = job.Progress.Fraction;
        }

        return job!;
    }

    private sealed class ShareColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
            => new Text(task.Tag is JobProgress progress ? JobText.Share(progress) : "");
    }

    private sealed class PaceColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
            => new Text(task.Tag is JobProgress progress ? JobText.Pace(progress) : "");
    }
}
