namespace Cluster.Protocol.Messages;

/// <summary>Limits that coordinator and workers share.</summary>
public static class RangeLimits
{
    /// <summary>Times a range may fail, or lose the worker that computes it, before its job fails.</summary>
    public const int MaxAttempts = 5;

    /// <summary>Times a range may lose the device that computes it before its job fails.</summary>
    public const int MaxDeviceLosses = 5;
}
