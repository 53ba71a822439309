using System.CommandLine;
using System.CommandLine.Parsing;
using Cluster.Client.State;
using Cluster.Hosting;

namespace Cluster.AppHost.CommandLine;

/// <summary>The command line: <c>dotnet run --project AppHost -- [options]</c>.</summary>
internal static class AppHostCommand
{
    private static readonly Option<int> Workers = Count("--workers", "Workers that compute on CPUs.", least: 1, standard: 2);
    private static readonly Option<int> GpuWorkers =
        Count("--gpu-workers", "Workers beside them, each of which claims one GPU of this machine.", least: 0, standard: 0);
    private static readonly Option<int> ParameterStores = Count("--parameter-stores", "Parameter stores (ps tasks).", least: 1, standard: 1);
    private static readonly Option<ServerKind?> Servers = CreateServers();
    private static readonly Option<bool> RequireServers =
        new("--require-servers") { Description = "Fail where no Redis and RabbitMQ can be had, instead of starting Standalone." };
    private static readonly Option<bool> Ephemeral = new("--ephemeral") { Description = "Keep nothing: data sets, checkpoints and jobs go with the cluster." };
    private static readonly Option<string?> DataDirectory =
        PathOption("--data-dir", "Where the cluster's data and keys are kept (default: this checkout's folder under your state directory).");
    private static readonly Option<string?> StateFile =
        PathOption("--state-file", "Where address and key are written for the cluster command (default: your list of running clusters).");

    private static readonly RootCommand Root = Create();

    /// <summary>Reads the command line; prints the help that it asks for, or what is wrong with it.</summary>
    /// <returns>What was asked; null where the program is to end with <paramref name="exitCode"/>.</returns>
    public static AppHostOptions? Parse(IReadOnlyList<string> args, TextWriter output, TextWriter error, out int exitCode)
    {
        var (ours, aspire) = AspireArguments.Split(args);
        var parsed = Root.Parse(ours);
        exitCode = parsed.Errors.Count > 0 ? ExitCodes.WrongOption : ExitCodes.Ok;
        if (parsed.Errors.Count == 0 && parsed.Action is null)
        {
            return new AppHostOptions
            {
                Workers = parsed.GetValue(Workers),
                GpuWorkers = parsed.GetValue(GpuWorkers),
                ParameterStores = parsed.GetValue(ParameterStores),
                Servers = parsed.GetValue(Servers),
                RequireServers = parsed.GetValue(RequireServers),
                IsEphemeral = parsed.GetValue(Ephemeral),
                DataDirectory = Full(parsed.GetValue(DataDirectory)),
                StateFile = Full(parsed.GetValue(StateFile)),
                AspireArguments = aspire,
            };
        }

        if (parsed.Errors.Count == 0) parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
        foreach (var line in Describe(parsed)) error.WriteLine(line);
        return null;
    }

    // What is not known comes first and alone: other errors may only follow from it.
    private static IEnumerable<string> Describe(ParseResult parsed)
    {
        var unknown = parsed.UnmatchedTokens.Where(token => token.StartsWith('-')).ToList();
        if (unknown.Count > 0) return unknown.Select(token => $"{token}: unknown option; --help lists them");
        if (parsed.UnmatchedTokens.Count > 0) return [$"{parsed.UnmatchedTokens[0]}: unexpected argument; --help lists the options"];
        return parsed.Errors.Select(Describe).Distinct();
    }

    private static string Describe(ParseError error) => error.SymbolResult switch
    {
        OptionResult { IdentifierTokenCount: > 1 } option => $"{option.Option.Name}: given {option.IdentifierTokenCount} times: must be given once",
        OptionResult { Tokens.Count: 0 } option when option.Option.ValueType != typeof(bool) => $"{option.Option.Name}: a value is missing",
        _ => error.Message,
    };

    private static RootCommand Create()
    {
        var root = new RootCommand("Starts the whole cluster with its dashboard, on containers, or on this machine's redis-server and rabbitmq-server, or as "
            + "Standalone.")
        {
            Workers, GpuWorkers, ParameterStores, Servers, RequireServers, Ephemeral, DataDirectory, StateFile,
        };
        foreach (var version in root.Options.OfType<VersionOption>().ToList()) root.Options.Remove(version);
        root.Validators.Add(command =>
        {
            if (command.GetValue(Ephemeral) && command.GetResult(DataDirectory) is { Implicit: false })
                command.AddError("--ephemeral: cannot be given with --data-dir: it keeps nothing");
            if (command.GetValue(RequireServers) && command.GetValue(Servers) == ServerKind.Embedded)
                command.AddError("--require-servers: cannot be given with --servers embedded: that has none");
        });
        return root;
    }

    private static Option<ServerKind?> CreateServers()
    {
        return new Option<ServerKind?>("--servers")
        {
            Description = $"What Redis and RabbitMQ are: {OneOf(ServerKinds.Names)} (default: the first of these that there is; embedded means Standalone).",
            HelpName = "KIND",
            CustomParser = result =>
            {
                if (ServerKinds.TryParse(result.Tokens[^1].Value, out var kind)) return kind;
                result.AddError($"--servers: '{result.Tokens[^1].Value}' is not {OneOf(ServerKinds.Names)}");
                return null;
            },
        };
    }

    private static string OneOf(IReadOnlyList<string> names) => $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";

    private static Option<int> Count(string name, string description, int least, int standard)
    {
        return new Option<int>(name)
        {
            Description = $"{description} {least} to {ClusterParts.Most}.",
            HelpName = "N",
            DefaultValueFactory = _ => standard,
            CustomParser = result => Number(result, name, least),
        };
    }

    private static int Number(ArgumentResult result, string name, int least)
    {
        var text = result.Tokens[^1].Value;
        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count) && count >= least
            && count <= ClusterParts.Most) return count;
        result.AddError($"{name}: '{text}' is not an integer from {least} to {ClusterParts.Most}");
        return 0;
    }

    private static Option<string?> PathOption(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "PATH" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var path }]) return;
            if (path.Length == 0) result.AddError($"{name}: '' is not a path");
            else if (option == StateFile && Directory.Exists(path)) result.AddError($"{name}: '{path}' is a directory, not the path of a file");
            else if (option == StateFile && ClusterStateFile.WhyNotReplaceable(path) is { } reason) result.AddError($"{name}: '{path}' {reason}");
            else if (option == DataDirectory && File.Exists(path)) result.AddError($"{name}: '{path}' is a file, not a directory");
        });
        return option;
    }

    private static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);
}
