using System.CommandLine;
using System.Globalization;
using Cluster.Chaos;
using Cluster.Support.Servers;
using Spectre.Console;

const double longest = 24 * 60;

var minutes = new Option<double>("--minutes")
{
    Description = "How long faults happen, 0.1 to 1440; the run takes about a minute longer.",
    DefaultValueFactory = _ => 2,
};
minutes.Validators.Add(result =>
{
    if (result.GetValue(minutes) is not (>= 0.1 and <= longest)) result.AddError($"--minutes must be from 0.1 to {longest}.");
});
var seed = new Option<int>("--seed")
{
    Description = "Which faults and which jobs; drawn at random where it is not given, and printed.",
    DefaultValueFactory = _ => Random.Shared.Next(),
};
var logs = new Option<DirectoryInfo?>("--logs") { Description = "Where the logs of the processes go; a new directory where it is not given." };
var command = new RootCommand(
    "Runs jobs on a cluster of real processes while processes, Redis, RabbitMQ and connections are killed, stopped, held, "
    + "slowed down and cut, and checks afterwards that every result is exact and nothing is left behind.\n\n"
    + "Exit codes: 0 everything held, 1 something did not or the run broke, 2 wrong option, 3 redis-server or rabbitmq-server is not installed.")
{
    minutes, seed, logs,
};
command.SetAction(async (parsed, cancellationToken) =>
{
    if (RedisServerProcess.FindExecutable() is null || RabbitMqServerProcess.FindExecutable() is null)
    {
        Console.Error.WriteLine("redis-server and rabbitmq-server are needed: sudo apt-get install redis-server rabbitmq-server");
        return 3;
    }

    var directory = parsed.GetValue(logs) ?? Directory.CreateTempSubdirectory("cluster-aspire-chaos-");
    directory.Create();
    var (drawn, duration) = (parsed.GetValue(seed), TimeSpan.FromMinutes(parsed.GetValue(minutes)));
    var console = AnsiConsole.Create(new AnsiConsoleSettings());
    console.Profile.Width = int.MaxValue;
    var report = new ChaosReport(console);
    var held = false;
    try
    {
        held = await new ChaosRun(drawn, duration, directory.FullName, report).RunAsync(cancellationToken);
    }
    catch (Exception e) when (e is not OperationCanceledException)
    {
        report.Violate($"the run broke: {e}");
    }

    report.Say(held ? "everything held" : $"{report.Violations.Count} violations:");
    foreach (var violation in report.Violations)
        Console.Out.WriteLine($"  {violation}");
    Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"again: ./chaos.sh --minutes {duration.TotalMinutes:0.###} --seed {drawn}"));
    return held ? 0 : 1;
});

var result = command.Parse(args);
if (result.Errors.Count == 0) return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
foreach (var error in result.Errors)
    Console.Error.WriteLine($"chaos: {error.Message}");
return 2;
