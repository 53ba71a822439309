using System.Text.Json;
using Cluster.Cli.Output;
using Cluster.Client.Tasks;

namespace Cluster.Cli.Tasks;

internal static class TaskJson
{
    public static void Write(TextWriter output, IReadOnlyList<ClusterTask> tasks) => JsonLine.Write(output, json =>
    {
        json.WriteStartArray();
        foreach (var task in tasks) Write(json, task);
        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, ClusterTask task)
    {
        json.WriteStartObject();
        json.WriteString("task", task.Name);
        json.WriteString("jobName", task.JobName);
        json.WriteNumber("index", task.Index);
        json.WriteString("address", task.Address);
        json.WriteString("instance", task.Instance);
        json.WriteString("incarnation", task.Incarnation);
        if (task.StartedAt is { } started) json.WriteString("started", started);
        else json.WriteNull("started");
        json.WriteBoolean("draining", task.IsDraining);
        json.WriteStartArray("devices");
        foreach (var device in task.Devices)
        {
            json.WriteStartObject();
            json.WriteString("name", device.Name);
            json.WriteString("description", device.Description);
            json.WriteString("doing", device.Doing);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
