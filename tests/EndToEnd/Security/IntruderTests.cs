using Cluster.EndToEnd.Processes;

namespace Cluster.EndToEnd.Security;

/// <summary>What people without credentials, or with hostile jobs, can do to a cluster of processes: nothing.</summary>
public sealed partial class IntruderTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private static readonly OtlpSink Telemetry = OtlpSink.Start();

    private static readonly TestClusterOptions Options = new(Workers: 2)
    {
        TestModels = true,
        Environment = Telemetry.Environment,
        CoordinatorEnvironment = new Dictionary<string, string>
        {
            ["Coordinator__SegmentDuration"] = "00:00:00.3",
            ["Coordinator__LaneGrace"] = "00:00:01",
        },
    };

    private readonly SharedBroker _broker = broker;
}
