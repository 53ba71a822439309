using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs.V1;
using Cluster.Protocol.Messages;

namespace Cluster.Coordinator.Figures;

/// <summary>What a worker saw at the end of its segment, as clients are told.</summary>
internal static class PartialResults
{
    /// <summary>Null where what came over the bus cannot be shown: it is for people, and no reason to stop a job's runner.</summary>
    public static PartialResult? Of(SegmentReached told)
    {
        if (!DeviceSpec.TryParse(told.Device, out var device, out _) || told.Parameters is null) return null;
        var result = new PartialResult { Task = new DeviceSpec { JobName = device.JobName, Task = device.Task }.ToString(), Clock = told.To };
        foreach (var tensor in told.Parameters.Where(tensor => tensor is { Name: not null, Values: not null }))
            result.Parameters.Add(new Tensor { Name = tensor.Name, Values = { tensor.Values } });
        return result;
    }
}
