using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Cluster.ServiceDefaults.Telemetry;

/// <summary>
/// Calls that are spans: those that change something or carry data, as a user asked for them, and what a coordinator has ps tasks do for
/// a job. Health, lists, watches, reports and streams of gradients are counted by ASP.NET Core's metrics alone.
/// </summary>
internal static class TracedCalls
{
    /// <summary>Their paths, which for gRPC are <c>/service/method</c>.</summary>
    public static readonly FrozenSet<string> Paths = FrozenSet.Create(
        StringComparer.Ordinal,
        "/cluster.jobs.v1.Jobs/Submit",
        "/cluster.jobs.v1.Jobs/Cancel",
        "/cluster.data.v1.DataSets/Load",
        "/cluster.data.v1.DataSets/Add",
        "/cluster.data.v1.DataSets/Remove",
        "/cluster.checkpoints.v1.Checkpoints/Keep",
        "/cluster.checkpoints.v1.Checkpoints/Remove",
        "/cluster.checkpoints.v1.Checkpoints/Export",
        "/cluster.checkpoints.v1.Checkpoints/Import",
        "/cluster.predictions.v1.Predictions/Predict",
        "/cluster.parameters.v1.Parameters/Open",
        "/cluster.parameters.v1.Parameters/Advance",
        "/cluster.parameters.v1.Parameters/WriteAgain",
        "/cluster.parameters.v1.Parameters/Close");

    public static bool Include(HttpContext context) => Paths.Contains(context.Request.Path);
}
