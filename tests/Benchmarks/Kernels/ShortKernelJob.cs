using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Cluster.Benchmarks.Kernels;

/// <summary>
/// Many short iterations in this process. On a machine that others use too, the fastest one is nearest to what the kernel takes,
/// as long as an iteration is shorter than a turn on the processor.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShortKernelJobAttribute : Attribute, IConfigSource
{
    public IConfig Config { get; } = ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(8)
            .WithIterationCount(60)
            .WithIterationTime(TimeInterval.FromMilliseconds(4)))
        .AddColumn(StatisticColumn.Min, StatisticColumn.Median)
        .HideColumns("Error", "StdDev", "RatioSD", "Gen0", "Gen1", "Gen2")
        .AddDiagnoser(MemoryDiagnoser.Default)
        .WithSummaryStyle(SummaryStyle.Default);
}
