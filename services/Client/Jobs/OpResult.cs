using System.Text.Json;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Tensors;

namespace Cluster.Client.Jobs;

/// <summary>Result of an op.</summary>
/// <param name="Value">Shape and values; a value may be infinite or NaN where the op overflowed.</param>
/// <param name="Device">Full name of the device that ran it.</param>
/// <param name="Elapsed">From start to end of the job, by the coordinator's clock.</param>
/// <param name="JobId">The job.</param>
public sealed record OpResult(FloatTensor Value, string Device, TimeSpan Elapsed, string JobId)
{
    /// <summary>Reads the result of an op that succeeded.</summary>
    /// <exception cref="ClusterException">The job is no op, or its record cannot be read.</exception>
    public static OpResult FromJob(JobInfo job)
    {
        if (job is not { Kind: JobKinds.Op, State: JobState.Succeeded, Result: { } result })
            throw new ClusterException($"job {job.Id} is not an op with a result");

        try
        {
            return new OpResult(FloatTensor.Read(result), job.Device, job.Elapsed, job.Id);
        }
        catch (JsonException e)
        {
            throw new ClusterException($"job {job.Id}: its result cannot be read: {e.Message}", e);
        }
    }
}
