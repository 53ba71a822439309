using System.Buffers.Binary;
using Cluster.CudaDouble;

namespace Cluster.EndToEnd.Clocks;

/// <summary>The time of day of some processes, which a test moves while they run; see <c>clock.c</c>.</summary>
internal sealed class MovableClock : IAsyncDisposable
{
    private static readonly Lazy<string> Library = new(Build);

    private readonly string _file = Path.GetTempFileName();

    public MovableClock() => Move(TimeSpan.Zero);

    /// <summary>Why there is none on this machine; null where there is.</summary>
    public static string? Missing => !OperatingSystem.IsLinux() ? "Clocks are moved on Linux only."
        : HostCompiler.Installed.Count == 0 ? "clang++ is not installed: the clock that tests move cannot be compiled."
        : null;

    /// <summary>For the processes that are to read it.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library.Value,
        ["CLUSTER_TEST_CLOCK"] = _file,
    };

    /// <summary>Sets how far it is ahead of the machine's time of day; to a second.</summary>
    public void Move(TimeSpan ahead)
    {
        Span<byte> seconds = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(seconds, (long)ahead.TotalSeconds);
        // In one write, into the page that the processes have mapped.
        using var file = File.OpenHandle(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, seconds, 0);
    }

    public ValueTask DisposeAsync()
    {
        File.Delete(_file);
        return ValueTask.CompletedTask;
    }

    private static string Build()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Clocks");
        var library = Path.Combine(folder, "clock.so");
        // Under a name of its own first: another process of the tests may have the old one loaded.
        var own = FormattableString.Invariant($"{library}.{System.Environment.ProcessId}");
        string[] options = ["-x", "c", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", Path.Combine(folder, "clock.c"), "-o", own];
        if (!HostCompiler.Run(HostCompiler.Installed[0], options, out var output))
            throw new InvalidOperationException($"the clock that tests move does not compile: {output}");
        File.Move(own, library, overwrite: true);
        return library;
    }
}
