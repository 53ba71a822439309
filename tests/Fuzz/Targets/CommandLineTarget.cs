using System.Text;
using Cluster.Cli;
using Cluster.Client.Discovery;
using Cluster.Fuzz.Inputs;

namespace Cluster.Fuzz.Targets;

/// <summary>Arguments of the command <c>cluster</c>, a line each, where no cluster runs: a few lines of error and an exit code,
/// and no file made in the folder where it runs.</summary>
internal sealed class CommandLineTarget : Target
{
    private const int MaxArguments = 200;

    private readonly IReadOnlyList<byte[]> _seeds = Corpus.Seeds("command-line");
    private readonly TextMutator _mutator;
    private string? _folder;
    private string _startedIn = "";

    public CommandLineTarget()
    {
        var root = ClusterCommandLine.CreateRoot(Host(TextWriter.Null, TextWriter.Null));
        var names = root.Subcommands.SelectMany(command => command.Options.Select(option => option.Name).Prepend(command.Name));
        _mutator = new TextMutator([.. names.Distinct(), "\n", "=", ":", "--", "-", "1e5", "keep", "export", "import", "add"], "\n=:,");
    }

    public override string Name => "command-line";

    public override string Description => "arguments of the command line, to the point where a cluster is needed";

    // The actions of its commands are asynchronous.
    public override bool IsOnOneThread => false;

    public override long MaxAllocation(byte[] input) => 8_000_000 + (input.Length * 4_000L);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _startedIn = Environment.CurrentDirectory;
        _folder = Directory.CreateTempSubdirectory("command-line-").FullName;
        Environment.CurrentDirectory = _folder;
        return Task.CompletedTask;
    }

    public override byte[] Generate(FuzzRandom random) => _mutator.Mutate(random.Pick(_seeds), _seeds, random);

    public override async ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        string[] arguments = [.. Encoding.UTF8.GetString(input).Split('\n').Take(MaxArguments)];
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = (ExitCode)await ClusterCommandLine.RunAsync(arguments, Host(output, error), cancellationToken);
        var said = error.ToString();
        Promise.That(Enum.IsDefined(code), $"exit code {code}");
        Promise.That(!said.Contains("unexpected ", StringComparison.Ordinal) || said.Contains("unexpected argument", StringComparison.Ordinal), said.Trim());
        Promise.That(!said.Contains("   at ", StringComparison.Ordinal), "a stack trace");
        Promise.That(code == ExitCode.Ok || said.Length > 0, $"exit code {code} and not a word");
        Promise.That(said.Count(c => c == '\n') <= (2 * arguments.Length) + 8, "more lines of error than arguments");
        RequireNoFile();
        return code == ExitCode.Ok || code == ExitCode.NoCluster;
    }

    protected override ValueTask StopAsync()
    {
        if (_folder is null) return ValueTask.CompletedTask;
        Environment.CurrentDirectory = _startedIn;
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    // Removed, so that only the input that made it is told.
    private static void RequireNoFile()
    {
        if (Directory.EnumerateFileSystemEntries(".").FirstOrDefault() is not { } made) return;
        if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        else File.Delete(made);
        throw new BrokenPromiseException($"it made {made}");
    }

    private static CommandLineHost Host(TextWriter output, TextWriter error) => new()
    {
        Output = output,
        Error = error,
        Lookup = new ClusterLookup(_ => null, () => []),
        ClientOptions = new Client.ClusterClientOptions
        {
            CallRetries = 1,
            CallTimeout = TimeSpan.FromMilliseconds(50),
            RetryDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryDelay = TimeSpan.FromMilliseconds(1),
            ReconnectTimeout = TimeSpan.FromMilliseconds(50)
        },
    };
}
