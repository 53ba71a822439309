using Cluster.Cli.Invocation;
using Cluster.Standalone.Commands;

using var interrupt = ConsoleInterrupt.Listen();
return await StandaloneCommandLine.RunAsync(args, interrupt.Token);
