using System.Globalization;

namespace Cluster.AppHost;

/// <summary>What can be asked of the app host on its command line.</summary>
internal sealed record AppHostOptions
{
    public const int MaxWorkers = 64;
    public const int MaxParameterStores = 64;

    public const string Help = """
        dotnet run --project AppHost -- [options]
          --workers N           worker processes, 1 to 64 (default 2)
          --parameter-stores M  parameter store processes, 1 to 64 (default 1)
          --runner KIND         aspire or local (default: Aspire where its packages and a container engine are there)
          --state-file PATH     where the local engine writes resources, addresses and the cluster key (mode 600)
          --require-processes   an error instead of Standalone where the local engine finds no Redis and RabbitMQ servers
          --help                this text
        """;

    public int Workers { get; private init; } = 2;

    public int ParameterStores { get; private init; } = 1;

    public Runner? Runner { get; private init; }

    public string? StateFile { get; private init; }

    public bool RequireProcesses { get; private init; }

    public bool ShowHelp { get; private init; }

    /// <summary>Options that are not ours, for the engine.</summary>
    public IReadOnlyList<string> EngineArguments { get; private init; } = [];

    /// <param name="args">The command line.</param>
    /// <param name="engineTakesOthers">Whether options that are not known here are the engine's.</param>
    /// <exception cref="FormatException">An option is wrong; the message names it, its value and the limit.</exception>
    public static AppHostOptions Parse(IReadOnlyList<string> args, bool engineTakesOthers)
    {
        var options = new AppHostOptions();
        for (var i = 0; i < args.Count; i++)
        {
            // Both --name value and --name=value.
            var parts = args[i].Split('=', 2);
            var inline = parts.Length == 2 ? parts[1] : null;
            string Value() => inline ?? (++i < args.Count ? args[i] : throw new FormatException($"{parts[0]}: a value is missing"));
            switch (parts[0])
            {
                case "--workers":
                    options = options with { Workers = ParseCount(parts[0], Value(), MaxWorkers) };
                    break;
                case "--parameter-stores":
                    options = options with { ParameterStores = ParseCount(parts[0], Value(), MaxParameterStores) };
                    break;
                case "--runner":
                    options = options with { Runner = ParseRunner(Value()) };
                    break;
                case "--state-file":
                    options = options with { StateFile = ParsePath(Value()) };
                    break;
                case "--require-processes" when inline is null:
                    options = options with { RequireProcesses = true };
                    break;
                case "--help" or "-h" or "-?" when inline is null:
                    options = options with { ShowHelp = true };
                    break;
                case var _ when engineTakesOthers:
                    options = options with { EngineArguments = [.. options.EngineArguments, args[i]] };
                    break;
                default:
                    throw new FormatException($"'{args[i]}' is not an option; --help lists them");
            }
        }

        return options;
    }

    private static int ParseCount(string option, string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1 && count <= most
            ? count
            : throw new FormatException($"{option}: '{value}' is not an integer from 1 to {most}");

    private static Runner ParseRunner(string value) => value switch
    {
        "aspire" => Cluster.AppHost.Runner.Aspire,
        "local" => Cluster.AppHost.Runner.Local,
        _ => throw new FormatException($"--runner: '{value}' is neither aspire nor local"),
    };

    private static string ParsePath(string value) => value switch
    {
        "" => throw new FormatException("--state-file: '' is not the path of a file"),
        _ when Directory.Exists(value) => throw new FormatException($"--state-file: '{value}' is a directory, not the path of a file"),
        _ => Path.GetFullPath(value),
    };
}
