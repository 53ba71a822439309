using System.Collections.Concurrent;
using Cluster.ServiceDefaults.Security;
using Microsoft.Extensions.Logging;

namespace Cluster.ServiceDefaults.Tests.Security;

public sealed class AuditLogTests : IDisposable
{
    private static readonly AuditCaller Caller = new("0123abcd", "user", "127.0.0.1:5");

    private readonly Lines _lines = new();
    private readonly LoggerFactory _loggers = new();
    private readonly AuditLog _audit;

    public AuditLogTests()
    {
        _loggers.AddProvider(_lines);
        _audit = new AuditLog(_loggers);
    }

    public void Dispose()
    {
        _audit.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public void Done_Always_IsOneLineOfItsCategory()
    {
        for (var i = 0; i < 1000; i++) _audit.Done(Caller, "/a/B", $"job-{i}", "a summary");

        Assert.Equal(1000, _lines.Written.Count);
        Assert.Equal((AuditLog.Category, "/a/B job-0: done for key 0123abcd, user 'user', from 127.0.0.1:5: a summary"), _lines.Written.First());
    }

    [Fact]
    public void Refused_Flood_IsWrittenAtABoundedRate()
    {
        Parallel.For(0, 100_000, _ => _audit.Refused(Caller, "/a/B", "", "no key"));

        // The flood may last into a second minute of the limiter.
        Assert.InRange(_lines.Written.Count, AuditLog.RefusalsPerMinute, 2 * AuditLog.RefusalsPerMinute);
    }

    [Fact]
    public void Refused_ToAKeyAmidAFloodOfStrangers_IsWritten()
    {
        for (var i = 0; i < 1000; i++) _audit.Refused(Caller with { Key = "none" }, "/a/B", "", "no key");
        _audit.Refused(Caller, "/a/B", "", "not allowed");

        Assert.Contains("refused to key 0123abcd", _lines.Written.Last().Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two\nlines\r\n", "two?lines??")]
    [InlineData("escape\u001b[2J", "escape?[2J")]
    [InlineData("turned\u202ebackwards", "turned?backwards")]
    [InlineData("separated\u2028here", "separated?here")]
    public void Done_HostileText_StaysInItsLine(string user, string shown)
    {
        _audit.Done(Caller with { User = user }, "/a/B", "job", "");
        Assert.Contains($"user '{shown}'", _lines.Written.Single().Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Done_EndlessText_IsCutOff()
    {
        _audit.Done(Caller with { User = new string('u', 1_000_000) }, "/a/B", new string('s', 1_000_000), new string('t', 1_000_000));
        Assert.InRange(_lines.Written.Single().Line.Length, 3 * 256, 1024);
    }

    private sealed class Lines : ILoggerProvider
    {
        public ConcurrentQueue<(string Category, string Line)> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Written);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<(string Category, string Line)> written) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
                => written.Enqueue((category, formatter(state, exception)));
        }
    }
}
