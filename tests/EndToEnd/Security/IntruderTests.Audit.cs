using System.Security.Cryptography;
using System.Text;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;
using Grpc.Core;
using Grpc.Net.Client;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.EndToEnd.Security;

/// <summary>The coordinator's log says who did what.</summary>
public sealed partial class IntruderTests
{
    [Fact(Timeout = TestLimit)]
    public async Task Submit_CancelAndRefusals_AreInTheAuditLog()
    {
        var cluster = await ShareClusterAsync(Options);
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cluster.Connection.Key)))[..8];
        var user = new string([.. System.Environment.UserName.Where(c => c is > ' ' and <= '~')]);

        var job = await cluster.Client.SubmitAsync(new PiSpec { Points = 1_000_000_000_000, Seed = 3 }, cancellationToken: Ct);
        await cluster.Client.CancelAsync(job.Id, "the test\nsays so", Ct);
        using var channel = GrpcChannel.ForAddress(cluster.Coordinator.Endpoints.Grpc);
        var refused = await Assert.ThrowsAsync<RpcException>(() => new V1.Jobs.JobsClient(channel).SubmitAsync(
            new V1.SubmitRequest(), new Metadata { { "authorization", $"Bearer {cluster.Connection.Key}" }, { "cluster-user", "somebody else" } },
            cancellationToken: Ct).ResponseAsync);

        await Assert.ThrowsAsync<TaskNotFoundException>(() => cluster.Client.DrainTaskAsync("worker-9", Ct));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        await UntilLoggedAsync(cluster, $"/cluster.jobs.v1.Jobs/Submit {job.Id}: done for key {key}, user '{user}', from 127.0.0.1:");
        await UntilLoggedAsync(cluster, "pi, 1000000000000 points, seed 3");
        await UntilLoggedAsync(cluster, $"/cluster.jobs.v1.Jobs/Cancel {job.Id}: done for key {key}, user '{user}', from 127.0.0.1:");
        await UntilLoggedAsync(cluster, $"/cluster.registry.v1.Registry/DrainTask: refused to key {key}, user '{user}', from 127.0.0.1:");
        await UntilLoggedAsync(cluster, ": task worker-9: NotFound: there is no task 'worker-9'");
        await UntilLoggedAsync(cluster, $"job {job.Id}, reason 'the test?says so'");
        await UntilLoggedAsync(cluster, $"/cluster.jobs.v1.Jobs/Submit: refused to key {key}, user 'somebody else', from 127.0.0.1:");
    }

    private static Task<bool> UntilLoggedAsync(TestCluster cluster, string text) => Poll.UntilAsync($"the log has '{text}'",
        () => Task.FromResult(cluster.Coordinator.Log.Any(line => line.Contains("Cluster.Audit", StringComparison.Ordinal)
        && line.Contains(text, StringComparison.Ordinal))),
        found => found, TimeSpan.FromSeconds(30), Ct);
}
