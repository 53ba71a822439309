using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs.V1;
using Cluster.Contracts.Messages;

namespace Cluster.Coordinator.Training;

/// <summary>What a worker saw at the end of its segment, as clients are told.</summary>
internal static class PartialResults
{
    public static PartialResult Of(SegmentReached told)
    {
        DeviceSpec device = DeviceSpec.Parse(told.Device);
        var result = new PartialResult { Task = new DeviceSpec { JobName = device.JobName, Task = device.Task }.ToString(), Clock = told.To };
        foreach (PartialTensor tensor in told.Parameters)
            result.Parameters.Add(new Tensor { Name = tensor.Name, Values = { tensor.Values } });
        return result;
    }
}
