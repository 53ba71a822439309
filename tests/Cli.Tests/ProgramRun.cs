using System.Diagnostics;
using Cluster.Client.Discovery;
using Cluster.TestCoordinator;

namespace Cluster.Cli.Tests;

/// <summary>The program in a process of its own.</summary>
internal sealed class ProgramRun : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ProgramRun(Process process) => _process = process;

    /// <summary>In the program's own output, where its dependencies are: the copy beside the tests has theirs.</summary>
    public static string Path { get; } = FindProgram(new DirectoryInfo(AppContext.BaseDirectory));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static ProgramRun Start(ScriptedCoordinator coordinator, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[ClusterLookup.AddressVariable] = coordinator.Address.ToString();
        start.Environment[ClusterLookup.KeyVariable] = ScriptedCoordinator.Key;
        return new ProgramRun(Process.Start(start)!);
    }

    /// <summary>Reads standard error up to a line that begins with this.</summary>
    public async Task<string> WaitForErrorLineAsync(string beginning)
    {
        while (await _process.StandardError.ReadLineAsync(Token).AsTask().WaitAsync(Limit, Token) is { } line)
            if (line.StartsWith(beginning, StringComparison.Ordinal)) return line;

        throw new EndOfStreamException($"standard error ended before '{beginning}'");
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Token).WaitAsync(Limit, Token);
    }

    public async Task<(int ExitCode, string Output)> EndAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync(Token).WaitAsync(Limit, Token);
        await _process.WaitForExitAsync(Token).WaitAsync(Limit, Token);
        return (_process.ExitCode, output);
    }

    private static string FindProgram(DirectoryInfo tests)
        => System.IO.Path.Combine(tests.Parent!.Parent!.FullName, "Cli", tests.Name, "Cluster.Cli.dll");

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
