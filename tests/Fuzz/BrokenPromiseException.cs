namespace Cluster.Fuzz;

/// <summary>What must hold did not.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
