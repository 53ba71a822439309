namespace Cluster.Client.Errors;

/// <summary>A setting that says where the cluster is, is wrong: <c>CLUSTER_ADDRESS: foo: must be …</c>.</summary>
/// <param name="setting">The environment variable or argument.</param>
/// <param name="value">What it holds; never a secret.</param>
/// <param name="limit">What would be right.</param>
public sealed class ClusterSettingException(string setting, string value, string limit)
    : ClusterException($"{setting}: {value}: {limit}")
{
    public string Setting { get; } = setting;
}
