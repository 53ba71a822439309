using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;

namespace Cluster.ServiceDefaults.Security;

/// <summary>
/// Who did what, and who was refused what: a log category of its own. What was done is always written; refusals, which
/// anybody who reaches a port can cause, are written at a bounded rate, and the next one says how many were left out.
/// </summary>
public sealed class AuditLog : IDisposable
{
    /// <summary>The log category.</summary>
    public const string Category = "Cluster.Audit";

    /// <summary>Refusals that are written in a minute, of callers with a key and of those without each.</summary>
    public const int RefusalsPerMinute = 60;

    private const int MaxText = 256;

    private readonly ILogger _logger;
    // Of their own, so that strangers cannot hide what those with a key try.
    private readonly Refusals _ofStrangers = new();
    private readonly Refusals _ofKeys = new();

    public AuditLog(ILoggerFactory loggers) => _logger = loggers.CreateLogger(Category);

    /// <summary>Something was done.</summary>
    /// <param name="caller">Who asked for it.</param>
    /// <param name="action">The call: <c>/cluster.jobs.v1.Jobs/Submit</c>.</param>
    /// <param name="subject">What it was done to: a job's id.</param>
    /// <param name="summary">What was asked for, in short.</param>
    public void Done(AuditCaller caller, string action, string subject, string summary)
    {
        var (what, user, about) = (Clean(subject), Clean(caller.User), Clean(summary));
        AuditMessages.Done(_logger, action, what, caller.Key, user, caller.Peer, about);
    }

    /// <summary>Something was refused.</summary>
    /// <param name="caller">Who asked for it.</param>
    /// <param name="action">The call, or the path that was asked for.</param>
    /// <param name="summary">What was asked for, in short.</param>
    /// <param name="reason">Why it was refused.</param>
    public void Refused(AuditCaller caller, string action, string summary, string reason)
    {
        if (!(caller.HasKey ? _ofKeys : _ofStrangers).TryTake(out var unwritten)) return;
        var (what, user, about, why) = (Clean(action), Clean(caller.User), Clean(summary), Clean(reason));
        AuditMessages.Refused(_logger, what, caller.Key, user, caller.Peer, about, why, unwritten);
    }

    public void Dispose()
    {
        _ofStrangers.Dispose();
        _ofKeys.Dispose();
    }

    /// <summary>Text of a caller in one line that ends soon: it must not look like another entry, nor fill a disk.</summary>
    private static string Clean(string text)
    {
        var end = Math.Min(text.Length, MaxText);
        return string.Create(end, text, static (line, source) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = IsPrintable(source[i]) ? source[i] : '?';
        });
    }

    private static bool IsPrintable(char c) => !char.IsControl(c) && CharUnicodeInfo.GetUnicodeCategory(c)
        is not (UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format or UnicodeCategory.Surrogate);

    /// <summary>A bound on how many are written. Thread safe.</summary>
    private sealed class Refusals : IDisposable
    {
        private readonly FixedWindowRateLimiter _limiter =
            new(new FixedWindowRateLimiterOptions { PermitLimit = RefusalsPerMinute, Window = TimeSpan.FromMinutes(1) });
        private long _unwritten;

        /// <summary>Whether one more may be written; if so, how many before it were not.</summary>
        public bool TryTake(out long unwritten)
        {
            using var lease = _limiter.AttemptAcquire();
            unwritten = lease.IsAcquired ? Interlocked.Exchange(ref _unwritten, 0) : Interlocked.Increment(ref _unwritten);
            return lease.IsAcquired;
        }

        public void Dispose() => _limiter.Dispose();
    }
}

internal static partial class AuditMessages
{
    [LoggerMessage(EventId = 1, EventName = "Done", Level = LogLevel.Information,
        Message = "{Action} {Subject}: done for key {Key}, user '{User}', from {Peer}: {Summary}")]
    public static partial void Done(ILogger logger, string action, string subject, string key, string user, string peer, string summary);

    [LoggerMessage(EventId = 2, EventName = "Refused", Level = LogLevel.Warning,
        Message = "{Action}: refused to key {Key}, user '{User}', from {Peer}: {Summary}: {Reason} (refusals not written before this one: {Unwritten})")]
    public static partial void Refused(ILogger logger, string action, string key, string user, string peer, string summary, string reason, long unwritten);
}
