using System.Diagnostics;
using System.Globalization;
using Cluster.Fuzz.Targets;

namespace Cluster.Fuzz.Runs;

/// <summary>Ends the process when an input does not come back, which a thread that is stuck cannot do; and keeps the number of the input in a file,
/// for when the process ends by itself.</summary>
internal sealed class Watchdog : IDisposable
{
    /// <summary>Exit code of a process with an input that does not come back.</summary>
    public const int HangCode = 3;

    private const int NumberBytes = 20;

    private readonly Target _target;
    private readonly FuzzPlan _plan;
    private readonly TextWriter _output;
    private readonly FileStream _now;
    private readonly string _path;
    private readonly Timer _timer;
    private volatile byte[] _input = [];
    private long _number;
    private long _since;

    public Watchdog(Target target, FuzzPlan plan, TextWriter output)
    {
        (_target, _plan, _output) = (target, plan, output);
        _path = Path.Combine(plan.Folder, $"{target.Name}.now");
        if (File.Exists(_path))
            output.WriteLine($"note: a run of {target.Name} ended at input {File.ReadAllText(_path).Trim()} without saying why ({_path})");
        _now = new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        // Twice the limit: what can be told as a failure of the input is told by the run.
        _timer = new Timer(_ => Look(), null, target.Limit, target.Limit);
    }

    public void Begin(long number, byte[] input)
    {
        Span<byte> text = stackalloc byte[NumberBytes];
        text.Fill((byte)' ');
        number.TryFormat(text, out var _, provider: CultureInfo.InvariantCulture);
        _now.Position = 0;
        _now.Write(text);
        (_number, _input) = (number, input);
        Volatile.Write(ref _since, Stopwatch.GetTimestamp());
    }

    public void End() => Volatile.Write(ref _since, 0);

    public void Dispose()
    {
        _timer.Dispose();
        _now.Dispose();
        File.Delete(_path);
    }

    private void Look()
    {
        var since = Volatile.Read(ref _since);
        if (since == 0 || Stopwatch.GetElapsedTime(since) < _target.Limit * 2) return;
        var file = Path.Combine(_plan.Folder, $"{_target.Name}-{_plan.Seed}-{_number}.bin");
        File.WriteAllBytes(file, _input);
        _output.WriteLine($"FAILED {_target.Name}: input {_number} hangs; saved as {file}");
        _output.WriteLine($"  again: cluster-fuzz --target {_target.Name} --seed {_plan.Seed} --first {_number} --inputs 1");
        _output.Flush();
        Environment.Exit(HangCode);
    }
}
