using System.Collections.Concurrent;

namespace Cluster.Chaos.Checks;

/// <summary>Keeps what each process prints in a file and looks for what must never be there.</summary>
internal sealed class LogWatch(string directory, Action<string> violate) : IDisposable
{
    private static readonly string[] Forbidden = ["Unhandled exception", "an unobserved exception", " crit: ", "stopped on an error it does not know"];

    private const int LongestLine = 600;

    private readonly ConcurrentDictionary<string, StreamWriter> _files = new();
    private readonly ConcurrentDictionary<(string Instance, string Text), bool> _found = new();
    private int _errors;

    /// <summary>Lines of level error. Some belong to faults: a broker that goes away is one.</summary>
    public int Errors => _errors;

    public void Write(string instance, string line)
    {
        var file = _files.GetOrAdd(instance, name => new StreamWriter(Path.Combine(directory, $"{name}.log")) { AutoFlush = true });
        lock (file)
            file.WriteLine(line);
        if (line.Contains(" fail: ", StringComparison.Ordinal)) Interlocked.Increment(ref _errors);
        var forbidden = Forbidden.FirstOrDefault(text => line.Contains(text, StringComparison.Ordinal));
        // The first of its kind; the others are in the file.
        if (forbidden is not null && _found.TryAdd((instance, forbidden), true)) violate($"{instance} printed: {line[..Math.Min(line.Length, LongestLine)]}");
    }

    public void Dispose()
    {
        foreach (var file in _files.Values)
            file.Dispose();
    }
}
