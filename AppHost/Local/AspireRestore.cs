using System.Diagnostics;

namespace Cluster.AppHost;

/// <summary>Finds out whether Aspire can run here: a container engine answers and Aspire's packages can be restored.</summary>
internal static class AspireRestore
{
    private static readonly TimeSpan EngineTimeout = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RestoreTimeout = TimeSpan.FromMinutes(3);

    /// <summary>Tried once on a machine unless it is asked for: the outcome is kept beside the marker.</summary>
    /// <returns>Whether the marker now makes builds choose Aspire.</returns>
    public static async Task<bool> TryAsync(bool asked)
    {
        var refused = Path.ChangeExtension(OtherFlavour.AspireMarker, ".refused");
        if (!asked && File.Exists(refused))
            return false;
        if (await ExecuteAsync("docker", ["info"], EngineTimeout) is not { ExitCode: 0 })
            return asked && Say("--runner aspire: no container engine answers docker info");

        Console.WriteLine("a container engine answers: restoring Aspire's packages");
        var failure = await RestoreAsync();
        if (failure is null)
            return true;
        Directory.CreateDirectory(Path.GetDirectoryName(refused)!);
        await File.WriteAllTextAsync(refused, failure + Environment.NewLine);
        return Say($"Aspire cannot be restored ({failure}); delete {refused} to have it tried again");
    }

    /// <returns>Why it failed, in one line, or null.</returns>
    private static async Task<string?> RestoreAsync()
    {
        string[][] commands =
        [
            ["restore", OtherFlavour.Project, "-p:UseAspire=true", "-v", "q", "-nologo"],
            ["msbuild", OtherFlavour.Project, "-p:UseAspire=true", "-t:WriteAspireMarker", "-v:q", "-nologo"],
        ];
        foreach (var command in commands)
        {
            if (await ExecuteAsync("dotnet", command, RestoreTimeout) is { ExitCode: not 0 } failed)
                return FirstError(failed.Output);
        }

        return File.Exists(OtherFlavour.AspireMarker) ? null : $"there is no {OtherFlavour.AspireMarker} after it";
    }

    private static string FirstError(string output)
    {
        var error = output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? "no error was printed";
        return error.Trim().Length <= 300 ? error.Trim() : error.Trim()[..300];
    }

    private static async Task<(int ExitCode, string Output)> ExecuteAsync(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var deadline = new CancellationTokenSource(limit);
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
                var errors = process.StandardError.ReadToEndAsync(deadline.Token);
                await process.WaitForExitAsync(deadline.Token);
                return (process.ExitCode, await output + await errors);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return (-1, $"error: {program} did not answer within {limit.TotalSeconds} s");
            }
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, $"error: {program}: {e.Message}");
        }
    }

    private static bool Say(string line)
    {
        Console.WriteLine(line);
        return false;
    }
}
