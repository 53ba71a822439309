using System.Runtime.CompilerServices;
using Cluster.Client.Discovery;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Client.Summaries;
using Cluster.Client.Transport;
using Cluster.Contracts.Jobs;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Client;

/// <summary>
/// A cluster, from C#. One instance serves any number of concurrent calls.
/// <code>
/// await using var cluster = ClusterClient.Connect(new Uri("http://127.0.0.1:5000"), key);
/// var result = await cluster.RunPiAsync(new PiSpec { Points = 1_000_000_000, Seed = 42 });
/// Console.WriteLine($"π ≈ {result.Pi} ± {result.StandardError}");
/// </code>
/// </summary>
/// <remarks>
/// Every call has a time limit and is repeated for as long as that allows while nobody answers (see
/// <see cref="ClusterClientOptions"/>). All calls throw <see cref="ClusterUnavailableException"/>,
/// <see cref="ClusterAuthenticationException"/> or another <see cref="ClusterException"/>, and
/// <see cref="OperationCanceledException"/> when their token is cancelled.
/// </remarks>
public sealed partial class ClusterClient : IAsyncDisposable
{
    private readonly CoordinatorConnection _coordinator;
    private readonly ClusterClientOptions _options;

    private ClusterClient(ClusterConnection connection, ClusterClientOptions? options)
    {
        _options = options ?? new ClusterClientOptions();
        _coordinator = new CoordinatorConnection(connection, _options);
    }

    /// <summary>The coordinator's address.</summary>
    public Uri Address => _coordinator.Address;

    /// <summary>Prepares a client; the connection is made by the first call.</summary>
    /// <param name="address">gRPC address of the coordinator: <c>http://host:port</c> or <c>https://…</c>.</param>
    /// <param name="key">The cluster key.</param>
    /// <param name="options">Time limits; null for the defaults.</param>
    /// <exception cref="ArgumentException">The address, the key or an option is out of its range.</exception>
    public static ClusterClient Connect(Uri address, string key, ClusterClientOptions? options = null)
        => new(new ClusterConnection(address, key), options);

    /// <inheritdoc cref="Connect(Uri, string, ClusterClientOptions?)"/>
    /// <param name="connection">Address and key.</param>
    /// <param name="options">Time limits; null for the defaults.</param>
    public static ClusterClient Connect(ClusterConnection connection, ClusterClientOptions? options = null) => new(connection, options);

    /// <summary>
    /// Prepares a client for the cluster that the environment names, or that this user has running: see
    /// <see cref="ClusterLookup"/>, and <see cref="ClusterLookup.FromStateFile"/> for a runner's state file.
    /// </summary>
    /// <exception cref="ClusterNotFoundException">There is none.</exception>
    /// <exception cref="ClusterSettingException">A variable is wrong, or several clusters run and none is named.</exception>
    public static ClusterClient Connect(ClusterClientOptions? options = null) => new(new ClusterLookup().Find(), options);

    /// <summary>Estimates π on the cluster and waits for the result.</summary>
    /// <param name="spec">How many points, which seed, where.</param>
    /// <param name="progress">Told how far the job is, a few times a second at most.</param>
    /// <param name="onCancellation">What a cancelled token means for the job; by default it goes on.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="SpecRejectedException">The spec is wrong; all violations are listed, nothing was started.</exception>
    /// <exception cref="SubmissionUnknownException">The cluster did not say in time whether it accepted the job.</exception>
    /// <exception cref="JobFailedException">The job failed.</exception>
    /// <exception cref="JobCancelledException">Somebody else cancelled the job.</exception>
    /// <exception cref="JobDetachedException">The token was cancelled, and the job goes on.</exception>
    public async Task<PiResult> RunPiAsync(
        PiSpec spec,
        IProgress<JobProgress>? progress = null,
        OnCancellation onCancellation = OnCancellation.Detach,
        CancellationToken cancellationToken = default)
        => PiResult.FromJob(await Run(onCancellation).RunAsync(t => SubmitAsync(spec, null, t), ReportTo(progress), cancellationToken).ConfigureAwait(false));

    /// <summary>Prices an option on the cluster and waits for the result.</summary>
    /// <param name="spec">Which option in which market, how many paths, which seed, where.</param>
    /// <param name="progress">Told how far the job is, a few times a second at most.</param>
    /// <param name="onCancellation">What a cancelled token means for the job; by default it goes on.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <inheritdoc cref="RunPiAsync" path="/exception"/>
    public async Task<PriceResult> RunPriceAsync(
        PriceSpec spec,
        IProgress<JobProgress>? progress = null,
        OnCancellation onCancellation = OnCancellation.Detach,
        CancellationToken cancellationToken = default)
        => PriceResult.FromJob(await Run(onCancellation).RunAsync(t => SubmitAsync(spec, null, t), ReportTo(progress), cancellationToken)
        .ConfigureAwait(false));

    /// <summary>Runs one op on a device of the cluster and waits for the result.</summary>
    /// <param name="spec">Which op on which tensors, where.</param>
    /// <param name="onCancellation">What a cancelled token means for the job; by default it goes on.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <inheritdoc cref="RunPiAsync" path="/exception"/>
    public async Task<OpResult> RunOpAsync(OpSpec spec, OnCancellation onCancellation = OnCancellation.Detach, CancellationToken cancellationToken = default)
        => OpResult.FromJob(await Run(onCancellation).RunAsync(t => SubmitAsync(spec, null, t), null, cancellationToken).ConfigureAwait(false));

    /// <summary>Runs a computation that the cluster's workers have registered, and waits for the result.</summary>
    /// <inheritdoc cref="RunPiAsync"/>
    public async Task<ComputationResult> RunComputationAsync(
        ComputationSpec spec,
        IProgress<JobProgress>? progress = null,
        OnCancellation onCancellation = OnCancellation.Detach,
        CancellationToken cancellationToken = default)
    {
        var job = await Run(onCancellation).RunAsync(t => SubmitAsync(spec, null, t), ReportTo(progress), cancellationToken).ConfigureAwait(false);
        return job.Result is { } value
            ? new ComputationResult(value, job.Elapsed, job.Id)
            : throw new ClusterException($"job {job.Id} succeeded without a result");
    }

    /// <summary>
    /// Trains a model on the cluster and waits for it. <see cref="WatchAsync"/> has partial results and placements too: submit
    /// with <see cref="SubmitAsync(TrainingSpec, string?, CancellationToken)"/>, watch, and read the end with
    /// <see cref="TrainedModel.FromJob"/>.
    /// </summary>
    /// <param name="spec">Which model on which data, how, and for how long.</param>
    /// <param name="progress">Told how far the training is, a few times a second at most.</param>
    /// <param name="onCancellation">What a cancelled token means for the job; by default it goes on.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <inheritdoc cref="RunPiAsync" path="/exception"/>
    public async Task<TrainedModel> TrainAsync(
        TrainingSpec spec,
        IProgress<TrainingProgress>? progress = null,
        OnCancellation onCancellation = OnCancellation.Detach,
        CancellationToken cancellationToken = default)
    {
        Action<JobInfo>? report = progress is null ? null : job => progress.Report(job.Training ?? new TrainingProgress { Job = job.Progress });
        return TrainedModel.FromJob(await Run(onCancellation).RunAsync(t => SubmitAsync(spec, null, t), report, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Submits a Pi job and returns as soon as it is accepted.</summary>
    /// <param name="spec">How many points, which seed, where.</param>
    /// <param name="idempotencyKey">
    /// 1 to 64 characters: a call with a key that was used before answers with the job that it made then. Null for a new key;
    /// the repetitions of one call use one key in any case.
    /// </param>
    /// <param name="cancellationToken">Ends the call; the job may have been accepted.</param>
    /// <exception cref="SpecRejectedException">The spec is wrong; all violations are listed, nothing was started.</exception>
    /// <exception cref="SubmissionUnknownException">The cluster did not say in time whether it accepted the job:
    /// the exception has the key by which it is found.</exception>
    /// <exception cref="SubmissionCancelledException">The token was cancelled before the cluster said whether it accepted the job.</exception>
    public Task<JobInfo> SubmitAsync(PiSpec spec, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        SpecRejectedException.ThrowIfAny(spec.Validate());
        return SubmitAsync(new V1.SubmitRequest { Pi = spec.ToProto() }, idempotencyKey, cancellationToken);
    }

    /// <summary>Submits a pricing job and returns as soon as it is accepted.</summary>
    /// <inheritdoc cref="SubmitAsync(PiSpec, string?, CancellationToken)"/>
    public Task<JobInfo> SubmitAsync(PriceSpec spec, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        SpecRejectedException.ThrowIfAny(spec.Validate());
        return SubmitAsync(spec.ToComputation(), idempotencyKey, cancellationToken);
    }

    /// <summary>Submits a computation and returns as soon as it is accepted.</summary>
    /// <inheritdoc cref="SubmitAsync(PiSpec, string?, CancellationToken)"/>
    public Task<JobInfo> SubmitAsync(ComputationSpec spec, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        SpecRejectedException.ThrowIfAny(spec.Validate());
        return SubmitAsync(new V1.SubmitRequest { Computation = spec.ToProto() }, idempotencyKey, cancellationToken);
    }

    /// <summary>Submits an op and returns as soon as it is accepted.</summary>
    /// <inheritdoc cref="SubmitAsync(PiSpec, string?, CancellationToken)"/>
    public Task<JobInfo> SubmitAsync(OpSpec spec, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        SpecRejectedException.ThrowIfAny(spec.Validate());
        return SubmitAsync(new V1.SubmitRequest { Op = spec.ToProto() }, idempotencyKey, cancellationToken);
    }

    /// <summary>Submits a training job and returns as soon as it is accepted.</summary>
    /// <inheritdoc cref="SubmitAsync(PiSpec, string?, CancellationToken)"/>
    public Task<JobInfo> SubmitAsync(TrainingSpec spec, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        SpecRejectedException.ThrowIfAny(spec.Validate());
        return SubmitAsync(new V1.SubmitRequest { Training = spec.ToProto() }, idempotencyKey, cancellationToken);
    }

    /// <summary>
    /// The job now, then whenever it changes, to its end. A coordinator that is away is awaited for
    /// <see cref="ClusterClientOptions.ReconnectTimeout"/>; placements and partial results are reported once each.
    /// </summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async IAsyncEnumerable<JobUpdate> WatchAsync(string jobId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var watcher = new JobWatcher(_coordinator, _options, jobId);
        await foreach (var update in watcher.WatchAsync(cancellationToken).ConfigureAwait(false)) yield return update;
    }

    /// <summary>Waits until a job has ended, and returns how.</summary>
    /// <inheritdoc cref="WatchAsync"/>
    public Task<JobInfo> WaitAsync(string jobId, IProgress<JobProgress>? progress = null, CancellationToken cancellationToken = default)
        => FollowAsync(jobId, ReportTo(progress), cancellationToken);

    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public Task<JobInfo> GetJobAsync(string jobId, CancellationToken cancellationToken = default)
        => CallJobAsync(jobId, c => _coordinator.Jobs.GetAsync(new V1.GetRequest { Id = jobId }, c), cancellationToken);

    /// <summary>Cancels a job. One that has ended stays as it ended.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="reason">Shown to those who watch, at most 200 characters.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The job; it is cancelled, or had ended before.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async Task<JobInfo> CancelAsync(string jobId, string reason = "", CancellationToken cancellationToken = default)
    {
        using var span = ClientTracing.Begin("job cancel");
        var request = new V1.CancelRequest { Id = jobId, Reason = reason };
        return await CallJobAsync(jobId, c => _coordinator.Jobs.CancelAsync(request, c), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The newest jobs first.</summary>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyList<JobInfo>> ListJobsAsync(int limit = 100, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        var request = new V1.ListRequest { Limit = limit };
        var reply = await _coordinator.CallAsync(c => _coordinator.Jobs.ListAsync(request, c), null, cancellationToken).ConfigureAwait(false);
        return [.. reply.Jobs.Select(j => j.ToInfo())];
    }

    /// <summary>The job that was submitted with a key; null where there is none, or not yet. Keys are remembered for a day.</summary>
    /// <param name="idempotencyKey">1 to 64 characters.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<JobInfo?> FindJobAsync(string idempotencyKey, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(idempotencyKey);
        var request = new V1.ListRequest { IdempotencyKey = idempotencyKey };
        var reply = await _coordinator.CallAsync(c => _coordinator.Jobs.ListAsync(request, c), null, cancellationToken).ConfigureAwait(false);
        return reply.Jobs.Select(job => job.ToInfo()).FirstOrDefault();
    }

    /// <summary>What a training job measured on its way, by clock: while it runs, and for as long as its record is kept.</summary>
    /// <remarks>Of a long job every second, fourth, eighth … point is there: a few thousand at most.</remarks>
    /// <param name="jobId">The job.</param>
    /// <param name="afterClock">Only points of later clocks, at least 0.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public async Task<IReadOnlyList<SummaryPoint>> GetSummariesAsync(string jobId, long afterClock = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterClock);
        var request = new V1.ReadSummariesRequest { Job = jobId, AfterClock = afterClock };
        var reply = await _coordinator.CallAsync(c => _coordinator.Summaries.ReadAsync(request, c), jobId, cancellationToken).ConfigureAwait(false);
        return [.. reply.Points.Select(p => new SummaryPoint(p.Clock, p.At.ToDateTimeOffset(), p.Values.ToDictionary()))];
    }

    public ValueTask DisposeAsync()
    {
        _coordinator.Dispose();
        return ValueTask.CompletedTask;
    }

    internal async Task<JobInfo> FollowAsync(string jobId, Action<JobInfo>? report, CancellationToken cancellationToken)
    {
        JobInfo? last = null;
        await foreach (var update in WatchAsync(jobId, cancellationToken).ConfigureAwait(false))
        {
            last = update.Job;
            report?.Invoke(last);
        }

        return last!;
    }

    private static Action<JobInfo>? ReportTo(IProgress<JobProgress>? progress) => progress is null ? null : job => progress.Report(job.Progress);

    private Task<JobInfo> SubmitAsync(V1.SubmitRequest request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        request.IdempotencyKey = idempotencyKey ?? Guid.NewGuid().ToString("N");
        return SubmitAsync(request, cancellationToken);
    }

    private async Task<JobInfo> SubmitAsync(V1.SubmitRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var span = ClientTracing.Begin("job submit");
        var submission = new KeyedCall(_coordinator, _options, _options.CallTimeout, _options.ReconnectTimeout);
        try
        {
            var job = await submission.RunAsync(c => _coordinator.Jobs.SubmitAsync(request, c), Unknown, cancellationToken).ConfigureAwait(false);
            span?.SetTag("cluster.job.id", job.Id);
            return job.ToInfo();
        }
        catch (OperationCanceledException) when (submission.MayBeDone)
        {
            throw new SubmissionCancelledException(request.IdempotencyKey, cancellationToken);
        }

        SubmissionUnknownException Unknown(string reason, RpcException e) => new(request.IdempotencyKey, Address, reason, e);
    }

    private async Task<JobInfo> CallJobAsync(string? jobId, Func<CallOptions, AsyncUnaryCall<V1.Job>> call, CancellationToken cancellationToken)
        => (await _coordinator.CallAsync(call, jobId, cancellationToken).ConfigureAwait(false)).ToInfo();

    private JobRun Run(OnCancellation onCancellation) => new(this, onCancellation, _options.CallTimeout);
}
