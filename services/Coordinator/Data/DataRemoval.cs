using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Storage.Data;
using Cluster.Storage.Jobs;
using Grpc.Core;

namespace Cluster.Coordinator.Data;

/// <summary>Removes data sets that no job needs.</summary>
/// <remarks>
/// The name goes first, so that no new job finds it; then the jobs that have not ended are asked for; the name comes back
/// where one of them uses the data set. A job that is submitted at the same moment fails when it is planned, and says why.
/// </remarks>
internal sealed class DataRemoval(RedisDataSets dataSets, RedisJobs jobs)
{
    /// <exception cref="RpcException">FAILED_PRECONDITION where a job uses it.</exception>
    public async Task RemoveAsync(string id, DataSetRecord record, CancellationToken cancellationToken)
    {
        await dataSets.HideAsync(id, record, cancellationToken);
        if (await UserAsync(id) is { } job)
        {
            await dataSets.UnhideAsync(id, record, cancellationToken);
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"data set {record.Name ?? id} is used by job {job}, which has not ended"));
        }

        await dataSets.DeleteAsync(id, record, cancellationToken);
    }

    // A job that has not ended and trains on the data set.
    private async Task<string?> UserAsync(string id)
    {
        foreach (var job in await jobs.OpenAsync())
        {
            if (await jobs.ReadAsync(job) is { HasEnded: false, Kind: JobKinds.Training } user
                && JsonSerializer.Deserialize<TrainingSpec>(user.Spec, SpecJson.Options)?.Data == id)
            {
                return job;
            }
        }

        return null;
    }
}
