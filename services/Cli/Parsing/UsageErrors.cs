using System.CommandLine;
using System.CommandLine.Parsing;
using Cluster.Contracts.Text;

namespace Cluster.Cli.Parsing;

/// <summary>What is wrong with a command line, one line each, on standard error.</summary>
internal static class UsageErrors
{
    public static void Write(ParseResult parsed, CommandLineHost host)
    {
        foreach (var line in Lines(parsed, host.CommandName)) host.Error.WriteLine(line);
    }

    private static IEnumerable<string> Lines(ParseResult parsed, string commandName)
    {
        var unknown = Unknown(parsed.UnmatchedTokens).ToList();
        if (unknown.Count > 0) return [.. unknown.Select(token => DescribeUnknown(token, parsed)), .. ValueErrors(parsed)];
        if (parsed.Errors.Any(IsMissingCommand)) return [DescribeMissingCommand(parsed.CommandResult.Command, commandName)];
        return parsed.Errors.Select(Describe).Distinct();
    }

    /// <summary>Each unknown option; a value is named only where no option is, since it may belong to one.</summary>
    private static IEnumerable<string> Unknown(IReadOnlyList<string> tokens)
        => tokens.Any(IsOption) ? tokens.Where(IsOption) : tokens.Take(1);

    /// <summary>Errors about values: what is missing may only seem so, because its name is written wrong.</summary>
    private static IEnumerable<string> ValueErrors(ParseResult parsed)
        => parsed.Errors.Where(e => e.SymbolResult is OptionResult or ArgumentResult { Tokens.Count: > 0 }).Select(Describe).Distinct();

    private static bool IsMissingCommand(ParseError error)
        => error.SymbolResult is CommandResult { Command: { Action: null, Subcommands.Count: > 0 } };

    private static string DescribeMissingCommand(Command command, string commandName) => command is RootCommand
        ? $"a command is missing; {commandName} --help lists them"
        : $"{command.Name}: must be followed by {OneOfItsCommands(command)}; {commandName} {command.Name} --help says more";

    /// <summary>What there is below a command.</summary>
    private static string OneOfItsCommands(Command command) => string.Join(" or ", Names(command));

    private static IEnumerable<string> Names(Command command) => command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);

    private static string Describe(ParseError error) => OneLine(error.SymbolResult switch
    {
        OptionResult { IdentifierTokenCount: > 1 } option => $"{option.Option.Name}: given {option.IdentifierTokenCount} times: must be given once",
        OptionResult { Tokens.Count: 0 } option when option.Option.ValueType != typeof(bool) => $"{option.Option.Name}: a value is missing",
        ArgumentResult { Tokens.Count: 0, Parent: CommandResult } argument => $"{argument.Argument.Name}: is missing",
        _ => error.Message,
    });

    private static string DescribeUnknown(string token, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var what = IsOption(token) ? "unknown option" : command.Subcommands.Count > 0 ? "unknown command" : "unexpected argument";
        var hint = NearestName.Hint(token, IsOption(token) ? OptionNames(parsed.CommandResult) : Names(command));
        var isBelow = !IsOption(token) && command is not RootCommand && command.Subcommands.Count > 0;
        return OneLine(hint.Length == 0 && isBelow ? $"{token}: {what}: {command.Name} {(command.Action is null ? "must" : "may")} be followed by "
            + $"{OneOfItsCommands(command)}" : $"{token}: {what}{hint}");
    }

    private static IEnumerable<string> OptionNames(CommandResult result)
    {
        var own = result.Command.Options.Select(o => o.Name);
        for (var parent = result.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
            own = own.Concat(parent.Command.Options.Where(o => o.Recursive).Select(o => o.Name));
        return own;
    }

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-';

    private static string OneLine(string text) => OneLineText.Of(text.ReplaceLineEndings(" ").Trim());
}
