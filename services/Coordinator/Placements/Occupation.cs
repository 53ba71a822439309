using Cluster.Storage.Registry;

namespace Cluster.Coordinator.Placements;

/// <summary>Whether a job waits since all its devices work for others, as the workers say of themselves every second or so.</summary>
internal static class Occupation
{
    private const int NamedJobs = 3;

    /// <summary>What a job waits for: <c>a free device (3 of 3 work for job 1)</c>; empty where one works for it, or is idle.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="devices">Full names of the devices that it may use.</param>
    /// <param name="workers">The live workers.</param>
    public static string WaitingFor(string jobId, IReadOnlyCollection<string> devices, IReadOnlyList<RegisteredTask> workers)
    {
        string[] working = [.. workers
            .SelectMany(worker => worker.Devices.Zip(worker.Entry.Devices, (name, device) => (Name: name.ToString(), device.Doing)))
            .Where(device => device.Doing.Length > 0 && devices.Contains(device.Name))
            .Select(device => device.Doing.Split(' ')[0])];
        if (working.Length == 0 || working.Length < devices.Count || working.Contains(jobId)) return "";
        string[] others = [.. working.Distinct().Order(StringComparer.Ordinal)];
        var named = string.Join(", ", others.Take(NamedJobs)) + (others.Length > NamedJobs ? ", …" : "");
        return $"a free device ({working.Length} of {devices.Count} work for {(others.Length == 1 ? "job" : "jobs")} {named})";
    }
}
