using BenchmarkDotNet.Running;
using Cluster.Benchmarks.Computations;
using Cluster.Benchmarks.Exchange;

if (args is ["exchange", .. string[] parts])
    await ExchangeBenchmark.RunAsync(parts);
else if (args is ["pi", .. string[] numbers])
    await ClusterPiBenchmark.RunAsync(numbers);
else
    BenchmarkSwitcher.FromAssembly(typeof(ExchangeBenchmark).Assembly).Run(args);
