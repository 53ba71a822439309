using System.Text;
using Cluster.Client.Errors;
using Cluster.Contracts.Errors;

namespace Cluster.Cli.Invocation;

/// <summary>Exceptions as lines on standard error and an exit code.</summary>
internal static class Failures
{
    public static ExitCode Report(Exception exception, TextWriter error, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            error.WriteLine(exception is SubmissionCancelledException ? exception.Message : "interrupted");
            return ExitCode.Interrupted;
        }

        foreach (var line in Lines(exception)) error.WriteLine(line);
        return exception switch
        {
            SpecRejectedException or ClusterSettingException => ExitCode.Usage,
            ClusterNotFoundException or ClusterUnavailableException => ExitCode.NoCluster,
            ClusterAuthenticationException => ExitCode.Refused,
            OutcomeUnknownException => ExitCode.Unknown,
            JobNotFoundException or CheckpointNotFoundException or TaskNotFoundException => ExitCode.NoSuchJob,
            _ => ExitCode.Failed,
        };
    }

    private static IEnumerable<string> Lines(Exception exception) => exception switch
    {
        SpecRejectedException rejected => rejected.Violations.Select(v => (v with { Field = OptionOf(v.Field) }).ToString()),
        ClusterException => [FirstLine(exception.Message)],
        _ => [$"unexpected {exception.GetType().Name}: {FirstLine(FailureText.WithoutParameters(exception))}"],
    };

    /// <summary><c>indexCount</c> → <c>--index-count</c>.</summary>
    private static string OptionOf(string field)
    {
        var option = new StringBuilder("--");
        foreach (var c in field) option.Append(char.IsAsciiLetterUpper(c) ? $"-{char.ToLowerInvariant(c)}" : c.ToString());
        return option.ToString();
    }

    private static string FirstLine(string text) => text.Split(['\r', '\n'], 2)[0];
}
