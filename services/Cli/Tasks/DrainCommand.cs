using System.CommandLine;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Cli.Parsing;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Client.Tasks;

namespace Cluster.Cli.Tasks;

/// <summary><c>cluster drain TASK</c>.</summary>
internal sealed class DrainCommand : ClusterCommand, IHasNotes
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Argument<string> _task = new("TASK")
    {
        Description = "A worker, as `tasks` lists it: /job:worker/task:1, or the name of its instance, worker-1.",
    };

    public DrainCommand(CommandLineHost host, GlobalOptions globals)
        : base("drain", "Have a worker hand back what it does and leave; wait until it has.", host, globals)
        => Arguments.Add(_task);

    public string Notes => """
        The worker takes no more items, hands back those it has, which others do then and which count once, gives its task up and
        ends with exit code 0. Whether its process is started again is up to whoever runs it.

        Ctrl+C ends the command; the worker leaves all the same. Repeated, it waits for it again.

        With --json, one line: {"task","instance","wasDraining","workersLeft"}.
        """;

    public override IReadOnlyList<string> Examples { get; } = ["drain worker-1", "drain /job:worker/task:1 --json"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var drained = await client.DrainTaskAsync(run.Parsed.GetRequiredValue(_task), cancellationToken);
        var name = $"{drained.Task.Name} ({drained.Task.Instance})";
        var goesOn = $"{name} leaves all the same: `{run.Host.CommandName} tasks` shows whether it has";
        using var words = run.Host.LastWords.During(goesOn);
        if (drained.WasDraining) run.Display.Note($"{name} is draining already");
        if (drained.WorkersLeft == 0) run.Display.Note("it is the last worker: jobs wait until another comes");
        try
        {
            await UntilLeftAsync(run, client, drained.Task, name, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            run.Display.Note(goesOn);
            return ExitCode.Interrupted;
        }
        catch (ClusterException)
        {
            run.Display.Note(goesOn);
            throw;
        }

        WriteResult(run, drained, name);
        return ExitCode.Ok;
    }

    private static async Task UntilLeftAsync(CommandRun run, ClusterClient client, ClusterTask task, string name, CancellationToken cancellationToken)
    {
        var said = "";
        while (await FindAsync(client, task, cancellationToken) is { } now)
        {
            var line = string.Join(", ", now.Devices.Where(d => d.Doing.Length > 0).Select(d => d.Doing)) is { Length: > 0 } doing
                ? $"waiting for {name} to leave; it does {doing}"
                : $"waiting for {name} to leave";
            if (line != said) run.Display.Note(said = line);
            // A Redis that lost its last second has forgotten that it was asked.
            if (!now.IsDraining) await client.DrainTaskAsync(now.Instance, cancellationToken);
            await Task.Delay(Pause, run.Host.TimeProvider, cancellationToken);
        }
    }

    // Under the lease that was asked to leave: a process that comes back has another.
    private static async Task<ClusterTask?> FindAsync(ClusterClient client, ClusterTask task, CancellationToken cancellationToken)
        => (await client.ListTasksAsync(cancellationToken))
            .FirstOrDefault(now => now.JobName == task.JobName && now.Incarnation == task.Incarnation);

    private static void WriteResult(CommandRun run, DrainedTask drained, string name)
    {
        if (!run.Json)
        {
            run.Output.WriteLine($"{name} has left; {Figures.Count(drained.WorkersLeft, "worker")} {(drained.WorkersLeft == 1 ? "stays" : "stay")}");
            return;
        }

        JsonLine.Write(run.Output, json =>
        {
            json.WriteStartObject();
            json.WriteString("task", drained.Task.Name);
            json.WriteString("instance", drained.Task.Instance);
            json.WriteBoolean("wasDraining", drained.WasDraining);
            json.WriteNumber("workersLeft", drained.WorkersLeft);
            json.WriteEndObject();
        });
    }
}
