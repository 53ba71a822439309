namespace Cluster.ServiceDefaults.Configuration;

/// <summary>A setting that a service needs is missing or wrong. The message names it and says what would be right.</summary>
public sealed class SettingException(string message) : InvalidOperationException(message);
