using BenchmarkDotNet.Running;
using Cluster.Benchmarks.Computations;
using Cluster.Benchmarks.Exchange;
using Cluster.Benchmarks.Load;

if (args is ["exchange", .. string[] parts])
    await ExchangeBenchmark.RunAsync(parts);
else if (args is ["pi", .. string[] numbers])
    await ClusterPiBenchmark.RunAsync(numbers);
else if (args is ["commits", .. string[] seconds])
    await CommitBenchmark.RunAsync(seconds);
else if (args is ["load", .. string[] loads])
    await LoadBenchmark.RunAsync(loads);
else
    BenchmarkSwitcher.FromAssembly(typeof(ExchangeBenchmark).Assembly).Run(args);
