namespace Cluster.Contracts.Devices;

/// <summary>Kind of a device in a device name (<c>/device:CPU:0</c>, <c>/device:GPU:1</c>).</summary>
public enum DeviceType
{
    Cpu,
    Gpu,
}

/// <summary>The spelling of device types in device names: upper case, as TensorFlow writes them.</summary>
public static class DeviceTypeNames
{
    public static string ToName(this DeviceType type) => type switch
    {
        DeviceType.Cpu => "CPU",
        DeviceType.Gpu => "GPU",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a device type"),
    };

    /// <summary>Reads a device type without regard to case, as TensorFlow does.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DeviceType type)
    {
        type = text.Equals("GPU", StringComparison.OrdinalIgnoreCase) ? DeviceType.Gpu : DeviceType.Cpu;
        return type == DeviceType.Gpu || text.Equals("CPU", StringComparison.OrdinalIgnoreCase);
    }
}
