namespace Cluster.Compute.Devices;

/// <summary>A device could not do what it was asked to. The operation, and with it the item, failed; the process did not.</summary>
public class DeviceException : Exception
{
    public DeviceException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>Nothing works on the device any more until it is opened anew.</summary>
    public virtual bool IsDeviceLost => false;
}
