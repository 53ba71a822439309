using System.ComponentModel;
using System.Diagnostics;

namespace Cluster.AppHost;

/// <summary>A program that is run for its answer.</summary>
internal static class Command
{
    /// <returns>The exit code, -1 when the program is not there or takes longer than the limit, and what it printed.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            using var deadline = new CancellationTokenSource(limit);
            return await AnswerAsync(process, deadline.Token);
        }
        catch (Win32Exception e)
        {
            return (-1, $"error: {program}: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            return (-1, $"error: {program} did not answer within {limit.TotalSeconds} s");
        }
    }

    private static async Task<(int ExitCode, string Output)> AnswerAsync(Process process, CancellationToken deadline)
    {
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline);
            var errors = process.StandardError.ReadToEndAsync(deadline);
            await process.WaitForExitAsync(deadline);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
