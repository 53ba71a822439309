using System.Collections.Concurrent;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Security;

/// <summary>What people without credentials, or with hostile jobs, can do to a cluster of processes: nothing.</summary>
public sealed partial class IntruderTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private static readonly OtlpSink Telemetry = OtlpSink.Start();

    /// <summary>Every line of every process, at log level Debug: more than the processes of a cluster are remembered by.</summary>
    private static readonly ConcurrentQueue<string> Printed = new();

    private static readonly TestClusterOptions Options = new(Workers: 2)
    {
        TestModels = true,
        Environment = new Dictionary<string, string>(Telemetry.Environment) { ["Logging__LogLevel__Default"] = "Debug" },
        Output = (_, line) => Printed.Enqueue(line),
        CoordinatorEnvironment = new Dictionary<string, string>
        {
            ["Coordinator__SegmentDuration"] = "00:00:00.3",
            ["Coordinator__LongestSegment"] = "00:00:00.3",
            ["Coordinator__LaneGrace"] = "00:00:01",
        },
    };

    private readonly SharedBroker _broker = broker;
}
