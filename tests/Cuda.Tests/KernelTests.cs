using System.Text;
using System.Text.RegularExpressions;
using Cluster.Compute.Cuda.Execution;
using Cluster.CudaDouble;

namespace Cluster.Cuda.Tests;

/// <summary>The kernels' text and their barriers.</summary>
public sealed partial class KernelTests
{
    [Fact]
    public void Ptx_EveryKernel_IsEmbeddedOnceAndNoOther()
    {
        var declared = CudaKernel.All.Select(kernel => (kernel.Module, kernel.Name)).ToHashSet();

        var embedded = declared.Select(kernel => kernel.Module).Distinct()
            .SelectMany(module => Entry().Matches(Text(module)).Select(match => (module, match.Groups[1].Value)));

        Assert.Equal(declared.Order(), embedded.Order());
        Assert.Equal(CudaKernel.All.Count, declared.Count);
    }

    [Fact]
    public void Ptx_EveryModule_RoundsAsWrittenAndCallsNothing()
    {
        foreach (var module in CudaKernel.All.Select(kernel => kernel.Module).Distinct())
        {
            var text = Text(module);
            Assert.Contains(".target sm_80", text, StringComparison.Ordinal);
            Assert.DoesNotMatch(Unrounded(), text);
            Assert.DoesNotContain(".extern .func", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Races_EveryKernelWithBarriers_HasNone()
    {
        var compiler = Sanitizer();
        var program = HostCompiler.Compile(compiler, "races.cpp", ".race", Options, out var errors);
        Assert.True(program is not null, errors);

        Assert.True(HostCompiler.Run(program, [], out var output), output);

        Assert.Contains("every kernel with barriers has run", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Races_WithoutTheBarriers_AreFound()
    {
        var program = HostCompiler.Compile(Sanitizer(), "races.cpp", ".race", [.. Options, "-DWITHOUT_BARRIERS"], out var errors);
        Assert.True(program is not null, errors);

        Assert.False(HostCompiler.Run(program, [], out var output), output);

        Assert.Contains("WARNING: ThreadSanitizer: data race", output, StringComparison.Ordinal);
    }

    private static string[] Options => ["-fsanitize=thread", "-O1", "-g", "-DBLOCK_ON_THREADS", "-Wno-unused-parameter", "-pthread"];

    /// <summary>The first compiler whose ThreadSanitizer is installed.</summary>
    private static string Sanitizer()
    {
        foreach (var compiler in HostCompiler.Installed)
        {
            if (HostCompiler.Compile(compiler, "sanitizer.cpp", ".check", ["-fsanitize=thread"], out _) is { } program
                && HostCompiler.Run(program, [], out _))
                return compiler;
        }

        Assert.Skip("No C++ compiler with the runtime of ThreadSanitizer is installed.");
        return "";
    }

    private static string Text(string module) => Encoding.UTF8.GetString(CudaKernels.Ptx(module));

    [GeneratedRegex(@"\.entry (\w+)\(")]
    private static partial Regex Entry();

    [GeneratedRegex(@"\b(add|sub|mul|div)\.f(32|64)|\.ftz|\.approx")]
    private static partial Regex Unrounded();
}
