using System.Text.Json;

namespace Cluster.Compute.Tests;

internal static class Json
{
    public static JsonElement Parse(string json) => JsonElement.Parse(json);
}
