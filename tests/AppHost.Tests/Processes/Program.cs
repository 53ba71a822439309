using Cluster.AppHost.Tests.Processes;

return args switch
{
    ["runner", var directory, .. var flags] => await TestRunner.RunAsync(directory, flags),
    ["service", .. var flags] => await TestService.RunAsync(flags),
    _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
        await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
            args, Cluster.AppHost.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
