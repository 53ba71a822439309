using System.CommandLine;
using System.Reflection;
using Cluster.Cli.Parsing;

namespace Cluster.Cli.Completion;

/// <summary><c>cluster completion SHELL</c>: the scripts ask the program itself, through its <c>[suggest]</c> directive.</summary>
internal sealed class CompletionCommand : Command, IHasExamples
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = "cluster.bash",
        ["zsh"] = "cluster.zsh",
        ["fish"] = "cluster.fish",
        ["pwsh"] = "cluster.ps1",
    };

    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh, fish or pwsh." };

    public CompletionCommand(CommandLineHost host)
        : base("completion", "Write a script that completes this command in a shell.")
    {
        _shell.CompletionSources.Add([.. Scripts.Keys]);
        _shell.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !Scripts.ContainsKey(text))
                result.AddError($"SHELL: {text}: must be one of {string.Join(", ", Scripts.Keys)}");
        });
        Arguments.Add(_shell);
        SetAction(parsed =>
        {
            host.Output.Write(Read(Scripts[parsed.GetRequiredValue(_shell)]));
            return (int)ExitCode.Ok;
        });
    }

    public IReadOnlyList<string> Examples { get; } =
        ["completion bash > ~/.local/share/bash-completion/completions/cluster", "completion fish > ~/.config/fish/completions/cluster.fish"];

    private static string Read(string script)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"completion.{script}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
