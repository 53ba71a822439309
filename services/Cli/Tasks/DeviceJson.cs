using Cluster.Cli.Output;
using Cluster.Client.Tasks;

namespace Cluster.Cli.Tasks;

internal static class DeviceJson
{
    /// <summary><c>[{"name","description","memoryBytes","doing","load","healthy","reason"},…]</c>.</summary>
    public static void Write(TextWriter output, IEnumerable<ClusterDevice> devices) => JsonLine.Write(output, json =>
    {
        json.WriteStartArray();
        foreach (var device in devices)
        {
            json.WriteStartObject();
            json.WriteString("name", device.Name);
            json.WriteString("description", device.Description);
            json.WriteNumber("memoryBytes", device.MemoryBytes);
            json.WriteString("doing", device.Doing);
            json.WriteNumber("load", double.IsFinite(device.Load) ? device.Load : 0);
            json.WriteBoolean("healthy", device.IsHealthy);
            json.WriteString("reason", device.Unhealthy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
