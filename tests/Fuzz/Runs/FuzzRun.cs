using System.Diagnostics;
using System.Globalization;
using Cluster.Fuzz.Inputs;
using Cluster.Fuzz.Targets;

namespace Cluster.Fuzz.Runs;

/// <summary>What of a run is to be done.</summary>
/// <param name="Seed">Seed of the inputs.</param>
/// <param name="First">Number of the first input.</param>
/// <param name="Inputs">How many.</param>
/// <param name="Folder">Where inputs that fail are saved.</param>
internal sealed record FuzzPlan(ulong Seed, long First, long Inputs, string Folder);

/// <summary>What came of a run.</summary>
internal sealed record FuzzResult(long Inputs, long Taken, TimeSpan Time, IReadOnlyList<string> Failures);

/// <summary>Gives a target one input after the other and watches it: time, memory, what it throws, and what nobody caught.</summary>
/// <remarks>An input that hangs or ends the process cannot be told by the run itself: <see cref="Watchdog"/> does, and the file <c>TARGET.now</c>.</remarks>
internal sealed class FuzzRun(Target target, FuzzPlan plan, TextWriter output)
{
    /// <summary>Failures after which a run gives up.</summary>
    public const int MaxFailures = 20;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    private readonly List<string> _failures = [];
    private long _taken;

    public async Task<FuzzResult> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(plan.Folder);
        await target.StartAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var told = started;
        long done = 0;
        using var unobserved = new UnobservedExceptions();
        using var watchdog = new Watchdog(target, plan, output);
        for (; done < plan.Inputs && _failures.Count < MaxFailures && !cancellationToken.IsCancellationRequested; done++)
        {
            var number = plan.First + done;
            var input = target.Generate(new FuzzRandom(plan.Seed, number));
            var isLast = done == plan.Inputs - 1;
            watchdog.Begin(number, input);
            if (await TryAsync(target, input, unobserved, cancellationToken) is { } problem && !cancellationToken.IsCancellationRequested)
                Note(number, input, problem);
            else if (isLast && unobserved.TakeAll() is { } late) Note(number, input, late);
            watchdog.End();
            if (Stopwatch.GetElapsedTime(told) < ProgressInterval) continue;
            told = Stopwatch.GetTimestamp();
            await output.WriteLineAsync(Line(done + 1, Stopwatch.GetElapsedTime(started)));
        }

        return new FuzzResult(done, _taken, Stopwatch.GetElapsedTime(started), _failures);
    }

    /// <summary>Gives a target, which has been started, one input.</summary>
    /// <returns>What went wrong; null where nothing did.</returns>
    public static async Task<string?> TryOnceAsync(Target target, byte[] input, CancellationToken cancellationToken)
    {
        using var unobserved = new UnobservedExceptions();
        return await new FuzzRun(target, new FuzzPlan(0, 0, 0, ""), TextWriter.Null).TryAsync(target, input, unobserved, cancellationToken)
            ?? unobserved.TakeAll();
    }

    private async Task<string?> TryAsync(Target tried, byte[] input, UnobservedExceptions unobserved, CancellationToken cancellationToken)
    {
        var before = Allocated(tried);
        bool isTaken;
        try
        {
            var running = tried.RunAsync(input, cancellationToken);
            isTaken = running.IsCompleted ? await running : await running.AsTask().WaitAsync(tried.Limit, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever it is, it is what is looked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e is BrokenPromiseException ? e.Message : e is TimeoutException ? $"it hangs for more than {tried.Limit.TotalSeconds} s" : e.ToString();
        }

        var allocated = Allocated(tried) - before;
        if (allocated > tried.MaxAllocation(input))
            return string.Create(CultureInfo.InvariantCulture,
                $"it allocated {allocated:N0} bytes for {input.Length:N0}; the most is {tried.MaxAllocation(input):N0}");
        if (isTaken) _taken++;
        return unobserved.Take();
    }

    private static long Allocated(Target tried) => tried.IsOnOneThread ? GC.GetAllocatedBytesForCurrentThread() : GC.GetTotalAllocatedBytes();

    private void Note(long number, byte[] input, string problem)
    {
        var file = Path.Combine(plan.Folder, string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{plan.Seed}-{number}.bin"));
        File.WriteAllBytes(file, input);
        _failures.Add(problem);
        output.WriteLine($"FAILED {target.Name}: {problem}");
        output.WriteLine($"  again: cluster-fuzz --target {target.Name} --seed {plan.Seed} --first {number} --inputs 1");
        output.WriteLine($"  saved: cluster-fuzz --target {target.Name} --file {file}");
    }

    private string Line(long done, TimeSpan time) => string.Create(CultureInfo.InvariantCulture,
        $"{target.Name}: {done:N0} of {plan.Inputs:N0} inputs, {_taken:N0} taken, {_failures.Count} failed, {time.TotalSeconds:F0} s, "
        + $"{done / time.TotalSeconds:N0}/s");
}
