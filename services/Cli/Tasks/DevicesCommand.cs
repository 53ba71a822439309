using System.Globalization;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Cli.Parsing;
using Cluster.Client.Tasks;

namespace Cluster.Cli.Tasks;

/// <summary><c>cluster devices</c>.</summary>
internal sealed class DevicesCommand(CommandLineHost host, GlobalOptions globals)
    : ClusterCommand("devices", "List the devices of the cluster: what they are, what they do, how busy they were, and whether they work.", host, globals),
    IHasNotes
{
    public string Notes => """
        A device is a processor that items run on: a worker's CPU, or one of its GPUs. Its name is what --device takes, whole or
        in part: /job:worker/replica:0/task:1/device:GPU:0, /job:worker/task:1/gpu:0, /gpu:0 for that of every worker, /gpu:*
        for all of all.

        LOAD is the share of the last minute in which the device ran an item. HEALTH is ok, or why it takes no items now: a GPU
        whose context is lost is opened anew, and its items go elsewhere until then. Below the table stands why a worker has no
        GPU.

        With --json, one line: [{"name","description","memoryBytes","doing","load","healthy","reason"},...].
        """;

    public override IReadOnlyList<string> Examples { get; } = ["devices", "devices --json"];

    protected override async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken);
        var tasks = await client.ListTasksAsync(cancellationToken);
        if (run.Json) DeviceJson.Write(run.Output, tasks.SelectMany(t => t.Devices));
        else WriteTable(run.Output, tasks);
        return ExitCode.Ok;
    }

    private static void WriteTable(TextWriter output, IReadOnlyList<ClusterTask> tasks)
    {
        var table = new TextTable("DEVICE", "MEMORY", "LOAD", "DOING", "HEALTH", "DESCRIPTION");
        foreach (var device in tasks.SelectMany(t => t.Devices))
        {
            table.Add(device.Name, Memory(device.MemoryBytes), $"{Math.Round(device.Load * 100).ToString(CultureInfo.InvariantCulture)} %",
                device.Doing.Length == 0 ? "idle" : device.Doing, device.IsHealthy ? "ok" : device.Unhealthy, device.Description);
        }

        table.Write(output);
        foreach (var task in tasks.Where(t => t.WithoutGpu.Length > 0)) output.WriteLine($"{task.Name} has no GPU: {task.WithoutGpu}");
    }

    private static string Memory(long bytes) => bytes == 0 ? "" : $"{(bytes / (double)(1L << 30)).ToString("0.0", CultureInfo.InvariantCulture)} GiB";
}
