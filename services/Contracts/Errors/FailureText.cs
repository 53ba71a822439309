namespace Cluster.Contracts.Errors;

/// <summary>What an exception says to people who do not have its stack trace.</summary>
public static class FailureText
{
    /// <summary>The message as one line, without the names of methods' parameters.</summary>
    public static string Of(Exception failure) => WithoutParameters(failure).ReplaceLineEndings(" ");

    /// <summary>The message without the names of methods' parameters, which .NET adds for programmers.</summary>
    public static string WithoutParameters(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var message = failure.Message;
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is ArgumentException { ParamName: { Length: > 0 } name })
                message = message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal);
        }

        return message;
    }
}
