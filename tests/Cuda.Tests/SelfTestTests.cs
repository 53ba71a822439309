using System.Diagnostics;
using System.Text.Json;
using Cluster.CudaDouble;

namespace Cluster.Cuda.Tests;

/// <summary>cluster-selftest as a process, with the test double as its driver: its checks, its report and its exit codes.</summary>
public sealed class SelfTestTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Run_OnTheTestDouble_ChecksEveryKernelAndCountsNoGpu()
    {
        if (CudaDoubleDriver.TryBuild(out var reason) is not { } driver)
        {
            Assert.Skip(reason);
            return;
        }

        var (exitCode, output, errors) = await Run(CudaDoubleDriver.Environment(driver), "--quick", "--json");

        Assert.True(exitCode == 0, $"{exitCode}: {errors}{output}");
        var report = JsonElement.Parse(output);
        Assert.True(report.GetProperty("passed").GetBoolean());
        Assert.Contains("test double, which is no GPU", report.GetProperty("whyNoGpu").GetString(), StringComparison.Ordinal);
        Assert.Equal(["CPU", "TEST DOUBLE"], report.GetProperty("devices").EnumerateArray().Select(device => device.GetProperty("type").GetString()));
        foreach (var device in report.GetProperty("devices").EnumerateArray())
        {
            var names = device.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()).ToArray();
            Assert.Superset(new HashSet<string?> { "pi", "price", "matmul", "dense backward", "sgd", "nesterov", "adamw", "ftrl" }, names.ToHashSet());
            Assert.All(device.GetProperty("checks").EnumerateArray(), check => Assert.InRange(check.GetProperty("values").GetInt32(), 1, int.MaxValue));
        }
    }

    [Theory]
    [InlineData("Unrecognized command or argument '--quik'.", "--quik")]
    [InlineData("--seed is 'x'; a whole number from -2147483648 to 2147483647 is needed.", "--seed", "x")]
    public async Task Run_WrongOption_SaysSoAndRunsNothing(string message, params string[] arguments)
    {
        var (exitCode, output, errors) = await Run(new Dictionary<string, string>(), arguments);

        Assert.Equal((2, "", $"cluster-selftest: {message}"), (exitCode, output, errors.TrimEnd()));
    }

    /// <summary>What makes the published program one file that needs no .NET; the size is in docs/gpu.md.</summary>
    [Fact]
    public void Project_Settings_AreThoseOfAProgramCompiledAhead()
    {
        var settings = JsonElement.Parse(File.ReadAllText(Path.ChangeExtension(Program, ".runtimeconfig.json")))
            .GetProperty("runtimeOptions").GetProperty("configProperties");

        Assert.False(settings.GetProperty("System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported").GetBoolean());
        Assert.True(settings.GetProperty("System.Globalization.Invariant").GetBoolean());
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "cluster-selftest.dll");

    private static async Task<(int ExitCode, string Output, string Errors)> Run(
        IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
