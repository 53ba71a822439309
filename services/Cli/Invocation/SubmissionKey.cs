using System.CommandLine;

namespace Cluster.Cli.Invocation;

/// <summary>The key that makes a job once, however often it is submitted.</summary>
internal static class SubmissionKey
{
    private const int MaxLength = 64;

    public static string New() => Guid.NewGuid().ToString("N");

    public static Option<string?> Option(string description)
    {
        var option = new Option<string?>("--key") { Description = description, HelpName = "KEY" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { Length: 0 or > MaxLength } text }])
                result.AddError($"--key: {text.Length} characters: must have 1 to {MaxLength}");
        });
        return option;
    }
}
