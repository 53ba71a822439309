namespace Cluster.Client.Errors;

/// <summary>The cluster did not say in time whether it did something that it does once; the message says how to find out.</summary>
/// <param name="address">The coordinator's address.</param>
/// <param name="what">What it may have done: <c>it accepted the job</c>.</param>
/// <param name="reason">Why it is not known, one line.</param>
/// <param name="advice">How to find out.</param>
/// <param name="innerException">The last failure.</param>
public class OutcomeUnknownException(Uri address, string what, string reason, string advice, Exception? innerException = null)
    : ClusterException($"{address.GetLeftPart(UriPartial.Authority)} did not say whether {what} ({reason}): {advice}", innerException)
{
    public Uri Address { get; } = address;
}

/// <summary>
/// A job was submitted, and the cluster did not say in time whether it was accepted. <see cref="ClusterClient.FindJobAsync"/>
/// tells; the same spec submitted again with the same key makes no second job.
/// </summary>
/// <param name="key">The key that it was submitted with.</param>
/// <param name="address">The coordinator's address.</param>
/// <param name="reason">Why it is not known, one line.</param>
/// <param name="innerException">The last failure.</param>
public sealed class SubmissionUnknownException(string key, Uri address, string reason, Exception? innerException = null)
    : OutcomeUnknownException(address, "it accepted the job", reason, SubmissionAdvice.Of(key), innerException)
{
    /// <summary>The key that it was submitted with.</summary>
    public string Key { get; } = key;
}

/// <summary>The caller's token was cancelled while a job was being submitted; it may have been accepted.</summary>
/// <param name="key">The key that it was submitted with.</param>
/// <param name="token">The caller's token.</param>
public sealed class SubmissionCancelledException(string key, CancellationToken token)
    : OperationCanceledException($"interrupted before the cluster said whether it accepted the job: {SubmissionAdvice.Of(key)}", token)
{
    /// <summary>The key that it was submitted with.</summary>
    public string Key { get; } = key;
}

internal static class SubmissionAdvice
{
    public static string Of(string key)
        => $"`cluster jobs --key {key}` shows it if it did, and the same submitted again with `--key {key}` makes no second one";
}
