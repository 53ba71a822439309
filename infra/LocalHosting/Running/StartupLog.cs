namespace Cluster.LocalHosting.Running;

/// <summary>
/// Keeps back what a server prints while it starts, banners mostly, and shows it only if the start fails.
/// </summary>
internal sealed class StartupLog(Action<string> output)
{
    private const int KeptLines = 40;

    private readonly Lock _gate = new();
    private readonly Queue<string> _kept = new();
    private bool _starting = true;

    public void Write(string line)
    {
        lock (_gate)
        {
            if (!_starting)
            {
                output(line);
                return;
            }

            _kept.Enqueue(line);
            if (_kept.Count > KeptLines)
                _kept.Dequeue();
        }
    }

    public void Starting()
    {
        lock (_gate)
            _starting = true;
    }

    public void Started()
    {
        lock (_gate)
        {
            _starting = false;
            _kept.Clear();
        }
    }

    public void Failed()
    {
        lock (_gate)
        {
            foreach (var line in _kept)
                output(line);
            Started();
        }
    }
}
