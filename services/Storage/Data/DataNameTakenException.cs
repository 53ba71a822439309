namespace Cluster.Storage.Data;

/// <summary>Another data set has the name already.</summary>
public sealed class DataNameTakenException(string name, string id) : Exception($"the name '{name}' is that of data set {id}")
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The data set that has it.</summary>
    public string Id { get; } = id;
}
