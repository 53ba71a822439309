using Cluster.Compute.Devices;

namespace Cluster.DeviceSuite;

/// <summary>What the suites have in common: a device that the deriving class supplies, one stream of it, and copies.</summary>
public abstract class DeviceTest : IDisposable
{
    private readonly Lazy<IDevice> _device;
    private readonly Lazy<IDeviceStream> _stream;

    protected DeviceTest()
    {
        _device = new Lazy<IDevice>(OpenDevice);
        _stream = new Lazy<IDeviceStream>(() => Device.OpenStream());
    }

    protected IDevice Device => _device.Value;

    protected IDeviceStream Stream => _stream.Value;

    /// <summary>Opens the device under test; called once a test. Skips where there is none, with the reason.</summary>
    protected abstract IDevice OpenDevice();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (_stream.IsValueCreated) _stream.Value.Dispose();
        if (_device.IsValueCreated) _device.Value.Dispose();
    }

    /// <summary>A buffer with these values.</summary>
    private protected DeviceBuffer Put(ReadOnlySpan<float> values, IDeviceStream? stream = null)
    {
        var buffer = (stream ?? Stream).Rent(values.Length);
        (stream ?? Stream).Upload(values, buffer);
        return buffer;
    }

    /// <summary>A buffer full of a value that no result has by chance.</summary>
    private protected DeviceBuffer Blank(int length)
    {
        var buffer = Stream.Rent(length);
        Stream.Fill(buffer, 12345.678f);
        return buffer;
    }

    private protected float[] Get(DeviceSpan span, IDeviceStream? stream = null)
    {
        var values = new float[span.Length];
        (stream ?? Stream).Download(span, values);
        return values;
    }
}
