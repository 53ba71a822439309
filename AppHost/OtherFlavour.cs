using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Cluster.AppHost;

/// <summary>This app host as the other engine builds it.</summary>
internal static class OtherFlavour
{
    /// <summary>The project that this program was built from.</summary>
    public static string Project => Metadata("AppHostProject");

    /// <summary>The file whose existence makes builds choose Aspire.</summary>
    public static string AspireMarker => Metadata("AspireMarker");

    /// <summary>Builds and runs the other flavour in place of this one, with the same arguments and the same terminal.</summary>
    public static async Task<int> RunAsync(bool useAspire, IEnumerable<string> args)
    {
        var start = new ProcessStartInfo("dotnet", ["run", "--project", Project, $"-p:UseAspire={(useAspire ? "true" : "false")}", "--", .. args])
        {
            UseShellExecute = false,
        };
        // The terminal's Ctrl+C reaches the other one too; this one only waits for it.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var process = Process.Start(start)!;
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        });
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static string Metadata(string key) => typeof(OtherFlavour).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == key).Value!;
}
