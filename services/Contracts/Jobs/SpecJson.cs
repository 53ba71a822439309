using System.Text.Json;

namespace Cluster.Contracts.Jobs;

/// <summary>How specs and results are written as JSON, in the job's record and on the wire.</summary>
public static class SpecJson
{
    /// <summary>Camel-case names, read without regard to case; what is computed from other properties is left out.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { IgnoreReadOnlyProperties = true };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
