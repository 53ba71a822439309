using System.Globalization;
using Cluster.Client.Errors;
using Grpc.Core;

namespace Cluster.Client.Transport;

/// <summary>
/// One call that makes something once for a key, repeated until it is known what became of it. Where nobody is there, it
/// gives up as any call does; once it may have been done, it goes on for as long as it is given. For one use.
/// </summary>
/// <param name="connection">To the coordinator.</param>
/// <param name="options">Pauses and repetitions.</param>
/// <param name="attemptTime">Time for the first attempt; doubles when it runs out, since what is slow for one is slow for the next.</param>
/// <param name="totalTime">Time for all attempts.</param>
internal sealed class KeyedCall(CoordinatorConnection connection, ClusterClientOptions options, TimeSpan attemptTime, TimeSpan totalTime)
{
    private readonly DateTime _deadline = DateTime.UtcNow + totalTime;
    private readonly Backoff _backoff = new(options.RetryDelay, options.MaxRetryDelay);
    private TimeSpan _attemptTime = attemptTime;
    // What was said last; an attempt that runs out says nothing.
    private string _reason = string.Create(CultureInfo.InvariantCulture, $"no answer within {totalTime.TotalSeconds:0.#} s");

    /// <summary>Whether it may have been done: an attempt was sent, and none was answered for good.</summary>
    public bool MayBeDone { get; private set; }

    /// <param name="call">The call, always with the same key.</param>
    /// <param name="unknown">What is thrown where it stays unknown whether it was done, of the reason and the last failure.</param>
    /// <param name="cancellationToken">Ends it; it may have been done.</param>
    public async Task<T> RunAsync<T>(
        Func<CallOptions, AsyncUnaryCall<T>> call, Func<string, RpcException, ClusterException> unknown, CancellationToken cancellationToken)
    {
        using var silence = new SilenceNotice(options, connection.Address, totalTime);
        for (var retry = 0; ; retry++)
        {
            try
            {
                using var running = call(new CallOptions(deadline: NextDeadline(), cancellationToken: cancellationToken));
                return await running.ResponseAsync.ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                MayBeDone |= cancellationToken.IsCancellationRequested;
                cancellationToken.ThrowIfCancellationRequested();
                var pause = _backoff.Next();
                if (!IsWorthAnother(e, retry) || DateTime.UtcNow + pause >= _deadline)
                    throw MayBeDone && !IsVerdict(e) ? unknown(_reason, e) : CallErrors.Translate(e, connection.Address, null);
                silence.Failed(_reason);
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private DateTime NextDeadline()
    {
        var attempt = DateTime.UtcNow + _attemptTime;
        return attempt < _deadline ? attempt : _deadline;
    }

    private bool IsWorthAnother(RpcException e, int retry)
    {
        if (IsVerdict(e)) return false;
        if (e.StatusCode != StatusCode.DeadlineExceeded) _reason = CallErrors.Reason(e);
        MayBeDone |= !CallErrors.WasNotSent(e);
        if (e.StatusCode == StatusCode.DeadlineExceeded) _attemptTime *= 2;
        var mayPass = CallErrors.IsAway(e) || e.StatusCode is StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted;
        return (MayBeDone && mayPass) || retry < options.CallRetries;
    }

    // A refusal of a later attempt says nothing of those before it, but for what is wrong with the request itself.
    private bool IsVerdict(RpcException e) => e.StatusCode switch
    {
        StatusCode.InvalidArgument or StatusCode.AlreadyExists => true,
        StatusCode.ResourceExhausted or StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented
            or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.OutOfRange => !MayBeDone,
        _ => !MayBeDone && TlsErrors.Find(e) is not null,
    };
}
