using System.Globalization;
using System.Text;
using Cluster.Compute.Cuda.Driver;
using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;

namespace Cluster.Compute.Cuda;

/// <summary>The CUDA devices of this machine, and why there are none.</summary>
/// <param name="Devices">In the driver's order, which is that of <c>CUDA_VISIBLE_DEVICES</c>.</param>
/// <param name="WhyNone">One line where there are none, else null.</param>
public sealed record CudaDiscovery(IReadOnlyList<DeviceInfo> Devices, string? WhyNone);

/// <summary>Finds and opens CUDA devices; needs the driver, not the toolkit.</summary>
public static unsafe class CudaDevices
{
    /// <summary>The names of devices that are none: those of the driver's test double, which runs kernels on the host.</summary>
    public const string TestDoublePrefix = "TEST DOUBLE";

    // The first driver that reads the PTX version that the kernels are compiled to, 7.0.
    private const int OldestDriver = 11000;

    /// <summary>Looks for devices. Never throws: a machine without a driver, without a device or with a broken driver says so.</summary>
    public static CudaDiscovery Discover()
    {
        try
        {
            return Look();
        }
        catch (DllNotFoundException)
        {
            return None($"No NVIDIA driver: {string.Join(", ", CudaDriverLibrary.Candidates)} cannot be loaded.");
        }
        catch (EntryPointNotFoundException missing)
        {
            return None($"The NVIDIA driver is too old: {missing.Message.ReplaceLineEndings(" ")}");
        }
        catch (BadImageFormatException broken)
        {
            return None($"The NVIDIA driver's library is broken: {broken.Message.ReplaceLineEndings(" ")}");
        }
        catch (CudaException failure)
        {
            return None($"The NVIDIA driver does not work: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    /// <summary>Opens device <paramref name="index"/> of <see cref="Discover"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such device, or an option beyond its limits.</exception>
    /// <exception cref="CudaException">The driver could not open it.</exception>
    public static CudaDevice Open(int index, CudaOptions? options = null)
    {
        var found = Discover();
        if (index < 0 || index >= found.Devices.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), index, found.WhyNone ?? $"There are {found.Devices.Count} CUDA devices, from 0.");
        }

        options ??= new CudaOptions();
        options.Check();
        return new CudaDevice(found.Devices[index], options);
    }

    /// <summary>Whether it is the driver's test double: no GPU, and nothing to report as one.</summary>
    public static bool IsTestDouble(DeviceInfo device) => device.Name.StartsWith(TestDoublePrefix, StringComparison.Ordinal);

    /// <exception cref="CudaException">It has no such attribute.</exception>
    internal static int Attribute(int device, CudaDeviceAttribute attribute)
    {
        int value;
        CudaDriver.cuDeviceGetAttribute(&value, attribute, device).Check(nameof(CudaDriver.cuDeviceGetAttribute));
        return value;
    }

    internal static int Ordinal(int index)
    {
        int device;
        CudaDriver.cuDeviceGet(&device, index).Check(nameof(CudaDriver.cuDeviceGet));
        return device;
    }

    private static CudaDiscovery Look()
    {
        var version = DriverVersion();
        int count;
        if (version < OldestDriver) return None($"The NVIDIA driver is too old: it is for CUDA {Version(version)}, {Version(OldestDriver)} is needed.");

        var initialized = CudaDriver.cuInit(0);
        if (initialized == CudaResult.NoDevice) return None($"There is an NVIDIA driver, for CUDA {Version(version)}, and no device.");
        initialized.Check(nameof(CudaDriver.cuInit));
        CudaDriver.cuDeviceGetCount(&count).Check(nameof(CudaDriver.cuDeviceGetCount));
        return count == 0
            ? None($"There is an NVIDIA driver, for CUDA {Version(version)}, and no device.")
            : new CudaDiscovery([.. Enumerable.Range(0, count).Select(index => Describe(index, version))], null);
    }

    private static int DriverVersion()
    {
        int version;
        CudaDriver.cuDriverGetVersion(&version).Check(nameof(CudaDriver.cuDriverGetVersion));
        return version;
    }

    private static DeviceInfo Describe(int index, int version)
    {
        const int nameBytes = 256;
        var device = Ordinal(index);
        var name = stackalloc byte[nameBytes];
        nuint memory;
        CudaDriver.cuDeviceGetName(name, nameBytes, device).Check(nameof(CudaDriver.cuDeviceGetName));
        CudaDriver.cuDeviceTotalMem_v2(&memory, device).Check(nameof(CudaDriver.cuDeviceTotalMem_v2));
        var text = new ReadOnlySpan<byte>(name, nameBytes);
        var major = Attribute(device, CudaDeviceAttribute.ComputeCapabilityMajor);
        var minor = Attribute(device, CudaDeviceAttribute.ComputeCapabilityMinor);
        return new DeviceInfo(
            DeviceType.Gpu, index, Encoding.UTF8.GetString(text[..Math.Max(0, text.IndexOf((byte)0))]), (long)memory,
            Attribute(device, CudaDeviceAttribute.Multiprocessors),
            string.Create(CultureInfo.InvariantCulture, $"compute capability {major}.{minor}, driver for CUDA {Version(version)}"))
        {
            Uuid = Uuid(device),
        };
    }

    private static string Uuid(int device)
    {
        const int bytes = 16;
        var uuid = stackalloc byte[bytes];
        try
        {
            CudaDriver.cuDeviceGetUuid_v2(uuid, device).Check(nameof(CudaDriver.cuDeviceGetUuid_v2));
        }
        catch (EntryPointNotFoundException)
        {
            CudaDriver.cuDeviceGetUuid(uuid, device).Check(nameof(CudaDriver.cuDeviceGetUuid));
        }

        return $"GPU-{new Guid(new ReadOnlySpan<byte>(uuid, bytes), bigEndian: true)}";
    }

    private static CudaDiscovery None(string why) => new([], why);

    private static string Version(int version) => string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");
}
