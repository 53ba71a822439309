using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;

namespace Cluster.CudaDouble;

/// <summary>Compiles the kernels' host versions with the C++ compiler that is there; once for each state of the sources.</summary>
public static class HostCompiler
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly string[] Compilers = ["clang++", "clang++-14", "g++"];

    /// <summary>Where the sources lie, and what is compiled of them.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "cuda-double");

    /// <summary>The compilers that are installed, in the order in which they are preferred.</summary>
    public static IReadOnlyList<string> Installed { get; } =
        [.. Compilers.Select(Find).OfType<string>()];

    /// <summary>Compiles <paramref name="source"/> unless it was compiled before.</summary>
    /// <returns>The path of the result, or null where the compiler refuses; then <paramref name="output"/> says why.</returns>
    public static string? Compile(string compiler, string source, string extension, string[] options, out string output)
    {
        string[] all = [.. Common, .. options, "-I", Folder, Path.Combine(Folder, source)];
        var target = Path.Combine(Folder, $"{Path.GetFileNameWithoutExtension(source)}-{Fingerprint([compiler, .. all])}{extension}");
        output = "";
        if (File.Exists(target)) return target;

        // Several test processes may compile at once: each writes its own file, the last one to rename wins, all are equal.
        var own = $"{target}.{Environment.ProcessId}";
        if (!Run(compiler, [.. all, "-o", own], out output)) return null;
        File.Move(own, target, overwrite: true);
        return target;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Whether its exit code was 0; <paramref name="output"/> is what it wrote.</returns>
    public static bool Run(string program, string[] arguments, out string output)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var standardOutput = process.StandardOutput.ReadToEndAsync();
        var standardError = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} was not done after {Limit.TotalSeconds} s.");
        }

        output = standardOutput.Result + standardError.Result;
        return process.ExitCode == 0;
    }

    /// <summary>No contraction: every operation rounds as written. Fused multiply-adds are the processor's where it has them.</summary>
    private static string[] Common =>
    [
        "-std=c++20", "-O3", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror",
        .. RuntimeInformation.ProcessArchitecture == Architecture.X64 && Fma.IsSupported ? ["-march=x86-64-v3"] : Array.Empty<string>(),
    ];

    private static string Fingerprint(IEnumerable<string> command)
    {
        var text = new StringBuilder(string.Join(' ', command));
        foreach (var file in Directory.GetFiles(Folder).Where(IsSource).Order(StringComparer.Ordinal))
            text.Append(Path.GetFileName(file)).Append(File.ReadAllText(file));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }

    private static bool IsSource(string path) => Path.GetExtension(path) is ".cpp" or ".h" or ".cu";

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
