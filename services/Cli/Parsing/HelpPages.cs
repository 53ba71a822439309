using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Cluster.Cli.Parsing;

/// <summary>A command whose help page shows how it is used.</summary>
public interface IHasExamples
{
    /// <summary>Command lines without the name of the program.</summary>
    IReadOnlyList<string> Examples { get; }
}

/// <summary>A command whose help page explains more than a line can.</summary>
public interface IHasNotes
{
    /// <summary>Whole lines of text.</summary>
    string Notes { get; }
}

/// <summary>Help pages with notes, examples and exit codes, and the version of this program instead of its host's.</summary>
internal static class HelpPages
{
    private const string ExitCodes = """
        Exit codes:
          0    done
          1    the job failed or was cancelled, or the cluster could not do what was asked
          2    an option, argument or setting is wrong
          3    no cluster is running here, or it does not answer
          4    the cluster refused the key
          5    there is no such job, checkpoint or task
          6    it is not known whether the cluster did what was asked; `jobs --key KEY` shows a job that it accepted
          130  interrupted: detached from the job, or cancelled it where --cancel-on-exit was given

        """;

    private static readonly string Version =
        typeof(HelpPages).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static void Apply(RootCommand root, string commandName)
    {
        foreach (var option in root.Options.Where(o => o is HelpOption or VersionOption).ToList()) root.Options.Remove(option);
        root.Options.Add(new HelpOption("--help", "-h") { Description = "Show this help.", Action = new HelpPage(commandName) });
        root.Options.Add(new VersionOption("--version") { Description = "Show the version.", Action = new VersionLine(commandName) });
    }

    private sealed class HelpPage(string commandName) : SynchronousCommandLineAction
    {
        private readonly HelpAction _standard = new();

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            _standard.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            if (parseResult.CommandResult.Command is IHasNotes { Notes: var notes })
            {
                output.WriteLine(notes);
                output.WriteLine();
            }

            if (parseResult.CommandResult.Command is IHasExamples { Examples: { Count: > 0 } examples })
            {
                output.WriteLine("Examples:");
                foreach (var example in examples) output.WriteLine($"  {commandName} {example}");
                output.WriteLine();
            }

            output.Write(ExitCodes);
            return (int)ExitCode.Ok;
        }
    }

    private sealed class VersionLine(string commandName) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"{commandName} {Version}");
            return (int)ExitCode.Ok;
        }
    }
}
