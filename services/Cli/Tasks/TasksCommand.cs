using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Client.Tasks;

namespace Cluster.Cli.Tasks;

/// <summary><c>cluster tasks</c>.</summary>
internal sealed class TasksCommand(CommandLineHost host, GlobalOptions globals)
    : ClusterCommand("tasks", "List the tasks of the cluster, their devices, and what each is doing.", host, globals)
{
    public override IReadOnlyList<string> Examples { get; } = ["tasks", "tasks --json"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var tasks = await client.ListTasksAsync(cancellationToken);
        if (run.Json) TaskJson.Write(run.Output, tasks);
        else WriteTable(run.Output, tasks);
        return ExitCode.Ok;
    }

    private static void WriteTable(TextWriter output, IReadOnlyList<ClusterTask> tasks)
    {
        var table = new TextTable("TASK", "ADDRESS", "INSTANCE", "INCARNATION", "DEVICE", "DOING", "DESCRIPTION");
        foreach (var task in tasks)
        {
            if (task.Devices.Count == 0) table.Add(task.Name, task.Address, task.Instance, task.Incarnation, "", "", "");
            foreach (var device in task.Devices)
                table.Add(task.Name, task.Address, task.Instance, task.Incarnation, device.Name, Doing(task, device), device.Description);
        }

        table.Write(output);
    }

    private static string Doing(ClusterTask task, ClusterDevice device) => (task.IsDraining, device.Doing) switch
    {
        (false, "") => "idle",
        (true, "") => "draining",
        (true, var doing) => $"draining: {doing}",
        (false, var doing) => doing,
    };
}
