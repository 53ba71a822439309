namespace Cluster.Fuzz.Runs;

/// <summary>Exceptions of tasks that nobody looked at; told when the garbage collector finds them, so perhaps some inputs later.</summary>
internal sealed class UnobservedExceptions : IDisposable
{
    private volatile string? _first;

    public UnobservedExceptions() => TaskScheduler.UnobservedTaskException += Note;

    /// <summary>What was found since the last call; null for nothing.</summary>
    public string? Take()
    {
        var found = _first;
        if (found is not null) _first = null;
        return found;
    }

    /// <summary>As <see cref="Take"/>, once the garbage collector has looked at every task that is out of reach by now.</summary>
    public string? TakeAll()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Take();
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Note;

    private void Note(object? sender, UnobservedTaskExceptionEventArgs unobserved)
        => _first = $"nobody looked at (perhaps of an input before): {unobserved.Exception}";
}
