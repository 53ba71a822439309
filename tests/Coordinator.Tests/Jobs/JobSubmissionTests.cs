using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Jobs;
using Grpc.Core;

namespace Cluster.Coordinator.Tests.Jobs;

public sealed class JobSubmissionTests
{
    [Fact]
    public void Read_EverythingWrong_ListsItAllAtOnce()
    {
        var request = new SubmitRequest
        {
            IdempotencyKey = new string('k', 65),
            Computation = new Contracts.Jobs.V1.ComputationSpec { Name = "No Name", ArgumentsJson = "{", IndexCount = 0, GrainSize = -1, Device = "/cpu:x" },
        };
        Assert.Equal(["arguments", "device", "grainSize", "idempotency_key", "indexCount", "name"], Violations(request).Select(v => v.Field).Order());
    }

    [Fact]
    public void Read_NothingGiven_NamesKeyAndSpec() => Assert.Equal(["idempotency_key", "spec"], Violations(new SubmitRequest()).Select(v => v.Field));

    [Fact]
    public void Read_Pi_MakesAJobOfItsKind()
    {
        var job = JobSubmission.Read(Pi(), DateTimeOffset.UnixEpoch);
        Assert.StartsWith("pi-", job.Id, StringComparison.Ordinal);
        Assert.Equal(("pi", "key", true, 1L), (job.Kind, job.IdempotencyKey, job.LogDevicePlacement, job.Generation.Counter));
        Assert.Contains("\"points\":10", job.Spec, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Twice_MakesOneSpecAndTwoIdentities()
    {
        var (a, b) = (JobSubmission.Read(Pi(), DateTimeOffset.UnixEpoch), JobSubmission.Read(Pi(), DateTimeOffset.UnixEpoch));
        Assert.Equal(a.Spec, b.Spec);
        Assert.NotEqual(a.Id, b.Id);
        Assert.NotEqual(a.Generation, b.Generation);
    }

    private static SubmitRequest Pi() => new()
    {
        IdempotencyKey = "key",
        Pi = new Contracts.Jobs.V1.PiSpec { Points = 10, LogDevicePlacement = true },
    };

    private static IReadOnlyList<SpecViolation> Violations(SubmitRequest request)
    {
        var error = Assert.Throws<RpcException>(() => JobSubmission.Read(request, DateTimeOffset.UnixEpoch));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.True(SpecRejection.TryRead(error, out var violations));
        return violations;
    }
}
