using System.Threading.RateLimiting;
using Cluster.ServiceDefaults.Security;
using Cluster.Storage.Jobs;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Access;

/// <summary>Limits on jobs that are submitted. Thread safe.</summary>
internal sealed class SubmissionLimits : IDisposable
{
    private const int WindowSegments = 6;

    private readonly AccessOptions _options;
    private readonly RedisJobs _jobs;
    private readonly PartitionedRateLimiter<(string Key, string Address)>? _rate;

    public SubmissionLimits(IOptions<AccessOptions> options, RedisJobs jobs)
    {
        (_options, _jobs) = (options.Value, jobs);
        if (_options.SubmissionsPerMinute == 0) return;
        var window = new SlidingWindowRateLimiterOptions
        {
            PermitLimit = _options.SubmissionsPerMinute,
            Window = TimeSpan.FromMinutes(1),
            SegmentsPerWindow = WindowSegments,
        };
        _rate = PartitionedRateLimiter.Create<(string, string), (string, string)>(caller => RateLimitPartition.GetSlidingWindowLimiter(caller, _ => window));
    }

    /// <summary>Counts a submission of this caller.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: there were too many in the last minute.</exception>
    public void CountSubmission(HttpContext context)
    {
        if (_rate is null) return;
        var caller = (AuditCaller.Of(context).Key, $"{context.Connection.RemoteIpAddress}");
        using var lease = _rate.AttemptAcquire(caller);
        if (!lease.IsAcquired)
            throw Exhausted($"submissions: more than {_options.SubmissionsPerMinute} within a minute from {caller.Item2}",
                nameof(AccessOptions.SubmissionsPerMinute));
    }

    /// <summary>Whether there is room for one more job; a submission that is repeated needs none.</summary>
    /// <remarks>Submissions at the same moment may pass the limit together, by as many as they are.</remarks>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: too many jobs are pending or running.</exception>
    public async Task CheckRoomAsync(string idempotencyKey)
    {
        var open = await _jobs.CountOpenAsync();
        if (open >= _options.OpenJobs && !await _jobs.WasSubmittedAsync(idempotencyKey))
            throw Exhausted($"jobs: {open} are pending or running, of at most {_options.OpenJobs}", nameof(AccessOptions.OpenJobs));
    }

    public void Dispose() => _rate?.Dispose();

    private static RpcException Exhausted(string what, string setting)
        => new(new Status(StatusCode.ResourceExhausted, $"{what}; the limit is {CoordinatorOptions.Section}:{setting}"));
}
