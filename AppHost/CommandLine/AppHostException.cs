namespace Cluster.AppHost.CommandLine;

/// <summary>The cluster cannot be started for a reason that the user can mend: shown as one line, without a stack trace.</summary>
internal sealed class AppHostException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
