using Cluster.Contracts.Devices;
using CsCheck;

namespace Cluster.Contracts.Tests.Devices;

/// <summary>Random device specs: any subset of the fields, a device index only beside a device type.</summary>
internal static class DeviceSpecs
{
    private static readonly Gen<int?> Index = Gen.OneOf(Gen.Const((int?)null), Gen.Int[0, int.MaxValue].Select(i => (int?)i));

    public static readonly Gen<DeviceSpec> Any = Gen.Select(
        Gen.OneOf<string?>(null, "worker", "ps", "chief", "Job_2"), Index, Index, Gen.OneOf<DeviceType?>(null, DeviceType.Cpu, DeviceType.Gpu), Index,
        (job, replica, task, type, index) => new DeviceSpec
        {
            JobName = job,
            Replica = replica,
            Task = task,
            Type = type,
            Index = type is null ? null : index
        });
}
