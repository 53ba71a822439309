using Cluster.Cli;
using Cluster.Cli.Invocation;

using var interrupt = ConsoleInterrupt.Listen();
return await ClusterCommandLine.RunAsync(args, CommandLineHost.ForConsole() with { LastWords = interrupt.LastWords }, interrupt.Token);
