using Cluster.Cli;
using Cluster.Cli.Invocation;
using Cluster.Cli.Telemetry;

using var tracing = CommandTracing.Start();
using var interrupt = ConsoleInterrupt.Listen();
return await ClusterCommandLine.RunAsync(args, CommandLineHost.ForConsole() with { LastWords = interrupt.LastWords }, interrupt.Token);
