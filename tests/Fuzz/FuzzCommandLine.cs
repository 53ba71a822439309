using System.CommandLine;
using System.Globalization;
using Cluster.Fuzz.Runs;
using Cluster.Fuzz.Targets;

namespace Cluster.Fuzz;

/// <summary>The command <c>cluster-fuzz</c>.</summary>
internal static class FuzzCommandLine
{
    private const string AllTargets = "all";

    private static readonly Option<string> TargetName =
        new("--target")
        {
            Description = $"What to give inputs to: all, or one of {string.Join(", ", TargetCatalog.Names)}.",
            DefaultValueFactory = _ => AllTargets
        };
    private static readonly Option<long> Inputs =
        new("--inputs") { Description = "Inputs for each target, 1 to 1000000000000.", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<ulong> Seed =
        new("--seed") { Description = "Seed of the inputs: the same seed gives the same ones.", DefaultValueFactory = _ => 1 };
    private static readonly Option<long> First = new("--first") { Description = "Number of the first input, from 0.", DefaultValueFactory = _ => 0 };
    private static readonly Option<string?> File = new("--file") { Description = "Gives this file to the target instead, once.", HelpName = "PATH" };
    private static readonly Option<string> Folder =
        new("--out") { Description = "Where inputs that fail are saved.", HelpName = "PATH", DefaultValueFactory = _ => "fuzz-failures" };

    static FuzzCommandLine()
    {
        TargetName.AcceptOnlyFromAmong([AllTargets, .. TargetCatalog.Names]);
        Inputs.Validators.Add(result => Require(result, 1, 1_000_000_000_000));
        First.Validators.Add(result => Require(result, 0, long.MaxValue / 2));
        File.Validators.Add(result =>
        {
            if (result.GetValue(TargetName) == AllTargets) result.AddError("--file: needs --target");
            if (!System.IO.File.Exists(result.GetValue(File))) result.AddError($"--file: {result.GetValue(File)}: there is no such file");
        });
    }

    /// <returns>0 where nothing failed, 1 where something did, 2 for a wrong option, 3 for an input that hangs.</returns>
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Gives damaged inputs to everything that takes bytes from outside, and watches what it does.") { HelpName = "cluster-fuzz" };
        foreach (var option in (Option[])[TargetName, Inputs, Seed, First, File, Folder]) root.Options.Add(option);
        root.SetAction(RunAsync);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0) return parsed.InvokeAsync();
        foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
        return Task.FromResult(2);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var chosen = parsed.GetRequiredValue(TargetName);
        if (parsed.GetValue(File) is { } file) return await RunFileAsync(chosen, Path.GetFullPath(file), cancellationToken);
        var plan = new FuzzPlan(parsed.GetValue(Seed), parsed.GetValue(First), parsed.GetValue(Inputs), Path.GetFullPath(parsed.GetRequiredValue(Folder)));
        long inputs = 0;
        var failures = 0;
        foreach (var name in chosen == AllTargets ? TargetCatalog.Names : [chosen])
        {
            await using var target = TargetCatalog.Create(name);
            var result = await new FuzzRun(target, plan, Console.Out).RunAsync(cancellationToken);
            inputs += result.Inputs;
            failures += result.Failures.Count;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {result.Inputs:N0} inputs, {result.Taken:N0} taken, {result.Failures.Count} failed, {result.Time.TotalSeconds:F1} s, "
                + $"{result.Inputs / result.Time.TotalSeconds:N0}/s"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{inputs:N0} inputs, {failures} failed"));
        return failures == 0 ? 0 : 1;
    }

    private static async Task<int> RunFileAsync(string name, string file, CancellationToken cancellationToken)
    {
        await using var target = TargetCatalog.Create(name);
        await target.StartAsync(cancellationToken);
        var problem = await FuzzRun.TryOnceAsync(target, await System.IO.File.ReadAllBytesAsync(file, cancellationToken), cancellationToken);
        Console.WriteLine(problem is null ? $"{name}: {file}: as it should be" : $"FAILED {name}: {problem}");
        return problem is null ? 0 : 1;
    }

    private static void Require(System.CommandLine.Parsing.OptionResult result, long least, long most)
    {
        if (result.Tokens is [{ Value: var text }] && (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            || value < least || value > most))
            result.AddError($"{result.Option.Name}: {text}: must be from {least} to {most}");
    }
}
