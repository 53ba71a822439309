using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Access;
using Cluster.Standalone.Embedded;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using PiSpec = Cluster.Contracts.Jobs.PiSpec;

namespace Cluster.Standalone.Tests;

/// <summary>Limits that an operator sets on those who have the key.</summary>
public sealed class LimitTests
{
    private const int TestLimit = 300_000;
    private const long Huge = 1_000_000_000_000;

    [Fact(Timeout = TestLimit)]
    public async Task Submit_BeyondTheLimits_IsRefusedWithLimitAndSetting()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions
        {
            Configure = services => services.Configure<AccessOptions>(access =>
                (access.OpenJobs, access.SubmissionsPerMinute, access.MessageMaxBytes) = (2, 5, 1 << 20)),
        }, ct);
        await using var client = ClusterClient.Connect(cluster.Connection);
        var first = await client.SubmitAsync(new PiSpec { Points = Huge }, "first", ct);
        var second = await client.SubmitAsync(new PiSpec { Points = Huge }, "second", ct);

        Assert.Equal("the cluster answered ResourceExhausted: jobs: 2 are pending or running, of at most 2; the limit is Coordinator:OpenJobs",
            (await Assert.ThrowsAsync<ClusterException>(() => client.SubmitAsync(new PiSpec { Points = Huge }, "third", ct))).Message);
        // What was accepted is still answered for.
        Assert.Equal(first.Id, (await client.SubmitAsync(new PiSpec { Points = Huge }, "first", ct)).Id);
        await AssertSizeAsync(cluster.Connection, ct);
        Assert.Equal(second.Id, (await client.SubmitAsync(new PiSpec { Points = Huge }, "second", ct)).Id);
        Assert.Equal("the cluster answered ResourceExhausted: submissions: more than 5 within a minute from 127.0.0.1; the limit is "
            + "Coordinator:SubmissionsPerMinute",
            (await Assert.ThrowsAsync<ClusterException>(() => client.SubmitAsync(new PiSpec { Points = Huge }, "seventh", ct))).Message);
        Assert.NotEmpty(await client.ListJobsAsync(cancellationToken: ct));
    }

    /// <summary>Refused before it is read whole, so that it is not counted as a submission.</summary>
    private static async Task AssertSizeAsync(ClusterConnection connection, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(connection.Address, new GrpcChannelOptions { MaxSendMessageSize = null });
        var large = new SubmitRequest { IdempotencyKey = new string('x', 2 << 20) };

        var error = await Assert.ThrowsAsync<RpcException>(() => new Jobs.JobsClient(channel)
            .SubmitAsync(large, new Metadata { { "authorization", $"Bearer {connection.Key}" } }, cancellationToken: cancellationToken).ResponseAsync);

        Assert.Equal((StatusCode.ResourceExhausted, "message: more than 1048576 bytes; the limit is Coordinator:MessageMaxBytes"),
            (error.StatusCode, error.Status.Detail));
    }
}
