using Cluster.Contracts.Data;

namespace Cluster.Fuzz.Targets;

/// <summary>All targets by name, those that need no server first.</summary>
internal static class TargetCatalog
{
    private static readonly (string Name, Func<Target> Create)[] All =
    [
        ("device-spec", () => new DeviceSpecTarget()),
        ("cluster-spec", () => new ClusterSpecTarget()),
        ("command-line", () => new CommandLineTarget()),
        (DataFormats.Csv, () => new DataFileTarget(DataFormats.Csv)),
        (DataFormats.LibSvm, () => new DataFileTarget(DataFormats.LibSvm)),
        (DataFormats.Idx, () => new DataFileTarget(DataFormats.Idx)),
        ("idx-pair", () => new IdxPairTarget()),
        ("feature-rows", () => new FeatureRowsTarget()),
        ("data-chunk", () => new DataChunkTarget()),
        ("checkpoint-file", () => new CheckpointFileTarget()),
        ("job-spec", () => new JobSpecTarget()),
        ("frame", () => new FrameTarget()),
        ("ps-control", () => new StoreControlTarget()),
        ("exchange", () => new ExchangeTarget()),
        ("coordinator", () => new CoordinatorTarget()),
        ("bus", () => new BusTarget()),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(target => target.Name)];

    /// <summary>A target by its name.</summary>
    public static Target Create(string name) => All.Single(target => target.Name == name).Create();
}
