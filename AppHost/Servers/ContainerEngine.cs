using System.ComponentModel;
using System.Diagnostics;

namespace Cluster.AppHost.Servers;

/// <summary>Docker or Podman.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>The engine that answers, as Aspire names it, or null: a client program alone runs no container.</summary>
    public static async Task<string?> FindAsync()
    {
        string[] names = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is { Length: > 0 } chosen ? [chosen] : ["docker", "podman"];
        var answers = await Task.WhenAll(names.Select(AnswersAsync));
        return names.Where((_, i) => answers[i]).FirstOrDefault();
    }

    private static async Task<bool> AnswersAsync(string program)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, ["info"]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
            try
            {
                await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return false;
            }
        }
        catch (Win32Exception)
        {
            // It is not installed.
            return false;
        }
    }
}
