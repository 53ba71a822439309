namespace Cluster.AppHost;

/// <summary>Finds out whether Aspire can run here: a container engine answers and Aspire's packages can be restored.</summary>
internal static class AspireRestore
{
    private const string Mark = "error";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Tried once on a machine unless it is asked for: a failure is kept beside the marker.</summary>
    /// <returns>Whether the marker now makes builds choose Aspire.</returns>
    public static async Task<bool> TryAsync(bool asked)
    {
        var refused = Path.ChangeExtension(OtherFlavour.AspireMarker, ".refused");
        if (!asked && File.Exists(refused))
            return false;
        if (!await ContainerEngine.AnswersAsync())
            return asked && Say("--runner aspire: no container engine answers docker info");

        Console.WriteLine("a container engine answers: restoring Aspire's packages");
        var failure = await RestoreAsync();
        if (failure is null)
        {
            File.Delete(refused);
            return true;
        }

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
            var (exitCode, output) = await Command.RunAsync("dotnet", command, Limit);
            if (exitCode != 0)
                return FirstError(output);
        }

        return File.Exists(OtherFlavour.AspireMarker) ? null : $"there is no {OtherFlavour.AspireMarker} after it";
    }

    /// <summary>The first sentence of the first error of a build.</summary>
    private static string FirstError(string output)
    {
        var line = output.Split('\n').FirstOrDefault(line => line.Contains(Mark, StringComparison.Ordinal)) ?? $"{Mark} none was printed";
        var error = line[line.IndexOf(Mark, StringComparison.Ordinal)..].Trim();
        var end = error.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? error : error[..end];
    }

    private static bool Say(string line)
    {
        Console.WriteLine(line);
        return false;
    }
}
