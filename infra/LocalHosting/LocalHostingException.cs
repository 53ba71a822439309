namespace Cluster.LocalHosting;

/// <summary>The cluster cannot be started or kept up; the message says in one line what is missing or wrong.</summary>
public sealed class LocalHostingException(string message, Exception? inner = null) : Exception(message, inner);
