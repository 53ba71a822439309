using BenchmarkDotNet.Running;
using Cluster.Benchmarks.Exchange;

if (args is ["exchange", .. string[] parts])
    await ExchangeBenchmark.RunAsync(parts);
else
    BenchmarkSwitcher.FromAssembly(typeof(ExchangeBenchmark).Assembly).Run(args);
