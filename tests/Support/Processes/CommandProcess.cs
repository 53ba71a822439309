using System.Diagnostics;
using Cluster.Support.Servers;

namespace Cluster.Support.Processes;

/// <summary>What a command answered.</summary>
internal sealed record CommandAnswer(int ExitCode, string Output, string Error);

/// <summary>A program of this solution that is run for its answer, in another folder and without this user's clusters.</summary>
internal static class CommandProcess
{
    /// <summary>How a line begins that says that a command still waits for an answer.</summary>
    public const string Notice = "no answer from ";

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static async Task<CommandAnswer> RunAsync(
        string project, string[] arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        using var process = Start(project, arguments, environment);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken).WaitAsync(limit ?? Limit, cancellationToken);
            return new CommandAnswer(process.ExitCode, await output, WithoutNotices(await error));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    // On a machine that others load, any answer may take so long that the command says so.
    private static string WithoutNotices(string error)
        => string.Join('\n', error.Split('\n').Where(line => !line.StartsWith(Notice, StringComparison.Ordinal)));

    public static Process Start(string project, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(ExecutablePath.Dotnet(), [ProjectOutput.Find(project), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in (string[])["CLUSTER_ADDRESS", "CLUSTER_KEY", "CLUSTER_STATE_FILE"])
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
