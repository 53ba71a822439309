namespace Cluster.Contracts.Devices;

/// <summary>TensorFlow's job names, the roles of tasks in a cluster.</summary>
public static class JobNames
{
    public const string Chief = "chief";
    public const string Worker = "worker";
    public const string ParameterStore = "ps";
}
