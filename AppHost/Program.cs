using Cluster.AppHost;

try
{
    var options = AppHostOptions.Parse(args, Engine.TakesOtherArguments);
    if (!options.ShowHelp)
        return await Engine.RunAsync(options, args);
    Console.WriteLine(AppHostOptions.Help);
    return ExitCodes.Ok;
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCodes.WrongOption;
}
