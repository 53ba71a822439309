using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Cluster.Fuzz.Servers;

/// <summary>What a service logs that no input may bring about: handlers that throw, loops that end, jobs whose runner crashed.</summary>
/// <remarks>Bytes that are no message are refused by gRPC itself, which logs that as an exception of the handler.</remarks>
internal sealed class ErrorLog : ILoggerProvider
{
    private static readonly HashSet<string> Forbidden = new(StringComparer.Ordinal)
    {
        // gRPC's and Kestrel's for an exception of a handler; ours for a model's owner, a ps task and a job's runner.
        "ErrorExecutingServiceMethod", "ApplicationError", "ModelFailed", "TaskFailed", "JobCrashed", "JobUnreadable", "WorkerTaskFailed",
    };

    private readonly ConcurrentQueue<string> _found = new();

    /// <summary>The first of what was logged since the last call; null for nothing.</summary>
    public string? Take()
    {
        var first = _found.TryDequeue(out var found) ? found : null;
        _found.Clear();
        return first;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _found);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<string> found) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error && Forbidden.Contains(eventId.Name ?? "") && exception is not (IOException or InvalidDataException))
                found.Enqueue($"logged {category} {eventId.Name}: {formatter(state, exception)} {exception}");
        }
    }
}
