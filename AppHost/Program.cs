using Cluster.AppHost;
using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Data;
using Cluster.AppHost.Running;
using Cluster.AppHost.Servers;

if (AppHostCommand.Parse(args, Console.Out, Console.Error, out var exitCode) is not { } options) return exitCode;
try
{
    var servers = await ServerChoice.MakeAsync(options);
    using var data = servers.KeepsData ? DataFolder.Open(options) : null;
    if (data is not null && servers.Kind == ServerKind.Executables) await ServerPorts.UntilFreeAsync(data);
    var builder = DistributedApplication.CreateBuilder(DashboardAddresses.For([.. options.AspireArguments]));
    builder.AddDashboardAddresses();
    builder.UseEngine(servers);
    if (servers.Kind == ServerKind.Embedded) builder.AddStandalone(options);
    else builder.AddCluster(options, servers.Kind, data);
    builder.AddLifecycle(options, servers);
    await builder.Build().RunAsync();
    return ExitCodes.Ok;
}
catch (AppHostException e)
{
    Console.Error.WriteLine(e.Message);
    return e.ExitCode;
}
