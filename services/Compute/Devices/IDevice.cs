namespace Cluster.Compute.Devices;

/// <summary>A processor that runs kernels: the CPU, or a GPU. Owned by who opened it; disposing frees its memory.</summary>
public interface IDevice : IDisposable
{
    DeviceInfo Info { get; }

    /// <summary>Opens a stream of operations; streams of one device run side by side where the device can.</summary>
    /// <exception cref="DeviceException">The device is lost or out of memory.</exception>
    IDeviceStream OpenStream();
}
