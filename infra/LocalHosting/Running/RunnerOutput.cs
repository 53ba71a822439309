using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Cluster.LocalHosting.Running;

/// <summary>
/// The one writer of the runner's output: whole lines, each with the name of the task that printed it. When the
/// terminal is slower than the tasks the oldest lines are dropped and counted: a task never waits for a terminal.
/// </summary>
internal sealed partial class RunnerOutput : IAsyncDisposable
{
    private const int QueuedLines = 4096;
    private const string Self = "cluster";
    private const string Reset = "\u001b[0m";
    private static readonly int[] Palette = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly TextWriter _writer;
    private readonly bool _colors;
    private readonly int _width;
    private readonly Channel<string> _lines;
    private readonly Task _writing;
    private int _dropped;

    public RunnerOutput(TextWriter writer, bool colors, IEnumerable<string> instances)
    {
        _writer = writer;
        _colors = colors;
        _width = instances.Append(Self).Max(name => name.Length);
        _lines = Channel.CreateBounded<string>(
            new BoundedChannelOptions(QueuedLines) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Takes the lines of one task.</summary>
    public Action<string> For(string instance, int index)
    {
        var prefix = Prefix(instance, Palette[index % Palette.Length]);
        return line => _lines.Writer.TryWrite(prefix + EscapeSequence().Replace(line, ""));
    }

    /// <summary>A line of the runner's own.</summary>
    public void Say(string line) => _lines.Writer.TryWrite(Prefix(Self, 1) + line);

    /// <summary>Several lines that stay together, without a prefix.</summary>
    public void Show(string block) => _lines.Writer.TryWrite(block);

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await Task.WhenAny(_writing, Task.Delay(LastWords)).ConfigureAwait(false);
    }

    // A task's colours and cursor movements would run into the lines of others.
    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex EscapeSequence();

    private string Prefix(string name, int color) => _colors
        ? $"\u001b[{color}m{name.PadRight(_width)} | {Reset}"
        : $"{name.PadRight(_width)} | ";

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await _writer.WriteLineAsync(line).ConfigureAwait(false);
                if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                    await _writer.WriteLineAsync(Prefix(Self, 1) + $"{dropped} lines dropped: the output is not read fast enough").ConfigureAwait(false);
                if (_lines.Reader.Count == 0)
                    await _writer.FlushAsync().ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // Nobody reads any more; the cluster runs on.
        }
    }
}
