using System.Diagnostics;
using System.Runtime.CompilerServices;
using Cluster.Client.Errors;
using Cluster.Client.Transport;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Client.Jobs;

/// <summary>
/// Follows one job to its end, over as many streams as that takes: a stream that breaks is opened again behind the
/// placements already seen, for as long as <see cref="ClusterClientOptions.ReconnectTimeout"/> allows.
/// </summary>
internal sealed class JobWatcher(CoordinatorConnection connection, ClusterClientOptions options, string jobId)
{
    private readonly Backoff _backoff = new(options.RetryDelay, options.MaxRetryDelay);
    private readonly Dictionary<string, V1.PartialResult> _lastResults = new(StringComparer.Ordinal);
    private long _placementsSeen;
    private long _lastHeard = Stopwatch.GetTimestamp();
    private bool _isLost;

    public async IAsyncEnumerable<JobUpdate> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var silence = new SilenceNotice(options, connection.Address, options.ReconnectTimeout);
        while (true)
        {
            using var call = Open(cancellationToken);
            while (await MoveNextAsync(call.ResponseStream, cancellationToken).ConfigureAwait(false))
            {
                silence.Heard();
                var message = call.ResponseStream.Current;
                DropResultsSeen(message);
                var update = message.ToUpdate();
                _placementsSeen += update.Placements.Count;
                yield return update;
                if (update.Job.State.IsEnd()) yield break;
                _lastHeard = Stopwatch.GetTimestamp();
            }

            await Task.Delay(_backoff.Next(), cancellationToken).ConfigureAwait(false);
        }
    }

    private AsyncServerStreamingCall<V1.JobUpdate> Open(CancellationToken cancellationToken)
    {
        return connection.Jobs.Watch(
            new V1.WatchRequest { Id = jobId, PlacementsSeen = _placementsSeen },
            new CallOptions(deadline: DateTime.UtcNow + options.WatchStreamTime, cancellationToken: cancellationToken));
    }

    /// <summary>False: this stream is over, another is worth opening.</summary>
    private async Task<bool> MoveNextAsync(IAsyncStreamReader<V1.JobUpdate> stream, CancellationToken cancellationToken)
    {
        try
        {
            if (await stream.MoveNext(cancellationToken).ConfigureAwait(false)) return NoteArrival();
            if (HasWaitedLongEnough()) throw ClusterUnavailableException.Unable(connection.Address, "it ends the watch of a job that has not ended", null);
            return false;
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!CallErrors.IsInterruption(e) || HasWaitedLongEnough()) throw CallErrors.Translate(e, connection.Address, jobId);
            NoteLoss(e);
            return false;
        }
    }

    /// <summary>A stream that is opened again may begin with results that the one before has reported.</summary>
    private void DropResultsSeen(V1.JobUpdate message)
    {
        for (var i = message.PartialResults.Count - 1; i >= 0; i--)
        {
            var result = message.PartialResults[i];
            if (_lastResults.TryGetValue(result.Task, out var last) && last.Equals(result)) message.PartialResults.RemoveAt(i);
        }

        foreach (var result in message.PartialResults) _lastResults[result.Task] = result;
    }

    private bool NoteArrival()
    {
        _isLost = false;
        _backoff.Reset();
        return true;
    }

    private bool HasWaitedLongEnough() => Stopwatch.GetElapsedTime(_lastHeard) > options.ReconnectTimeout;

    private void NoteLoss(RpcException e)
    {
        if (_isLost || e.StatusCode == StatusCode.DeadlineExceeded) return;
        _isLost = true;
        options.ConnectionLost?.Invoke(CallErrors.Reason(e));
    }
}
