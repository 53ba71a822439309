namespace Cluster.Fuzz;

/// <summary>What holds for any input.</summary>
internal static class Promise
{
    public static void That(bool condition, string otherwise)
    {
        if (!condition) throw new BrokenPromiseException(otherwise);
    }

    /// <summary>A refusal is one line, and not without end.</summary>
    public static void IsOneLine(string message)
    {
        That(message.Length is > 0 and <= 20_000, $"a refusal has {message.Length} characters");
        That(!message.Any(c => c is '\r' or '\n' or '\0'), $"a refusal has more than one line: {message[..Math.Min(200, message.Length)]}");
    }
}
