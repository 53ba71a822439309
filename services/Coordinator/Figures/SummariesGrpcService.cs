using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SummaryPoint = Cluster.Contracts.Jobs.V1.SummaryPoint;

namespace Cluster.Coordinator.Figures;

/// <summary>The summaries of training jobs; any coordinator answers.</summary>
internal sealed class SummariesGrpcService(RedisSummaries summaries, RedisJobs jobs) : Summaries.SummariesBase
{
    public override async Task<ReadSummariesReply> Read(ReadSummariesRequest request, ServerCallContext context)
    {
        if (request.AfterClock < 0)
            throw SpecRejection.ToRpcException([new SpecViolation("after_clock", $"{request.AfterClock}", "must be at least 0")]);
        if (await jobs.ReadAsync(request.Job) is null) throw new RpcException(new Status(StatusCode.NotFound, $"there is no job '{request.Job}'"));
        var points = await summaries.ReadAsync(request.Job, request.AfterClock);
        return new ReadSummariesReply { Points = { points.Select(MessageOf) } };
    }

    private static SummaryPoint MessageOf(Storage.Training.SummaryPoint point) => new()
    {
        Clock = point.Clock,
        At = DateTimeOffset.FromUnixTimeMilliseconds(point.At).ToTimestamp(),
        Values = { point.Values.ToDictionary() },
    };
}
