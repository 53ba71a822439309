namespace Cluster.Cli.Invocation;

/// <summary>What to say when a second Ctrl+C ends the process in the middle of something; set by whoever does it, read by the signal's thread.</summary>
public sealed class LastWords
{
    private volatile string? _text;

    /// <summary>The line; null for nothing.</summary>
    public string? Text => _text;

    /// <summary>Has this said until the returned object is disposed of.</summary>
    internal IDisposable During(string text)
    {
        _text = text;
        return new Moment(this);
    }

    private sealed class Moment(LastWords words) : IDisposable
    {
        public void Dispose() => words._text = null;
    }
}
