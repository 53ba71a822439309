using BenchmarkDotNet.Running;
using Cluster.Benchmarks.Exchange;

if (args is ["exchange", ..])
    await ExchangeBenchmark.RunAsync();
else
    BenchmarkSwitcher.FromAssembly(typeof(ExchangeBenchmark).Assembly).Run(args);
