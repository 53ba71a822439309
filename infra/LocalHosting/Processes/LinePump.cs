using System.Buffers;

namespace Cluster.LocalHosting.Processes;

internal static class LinePump
{
    /// <summary>Longest line handed on, in characters; a longer one is cut into several.</summary>
    public const int MaxLine = 4096;

    /// <summary>Hands on the lines of a stream until it ends.</summary>
    public static async Task RunAsync(TextReader reader, Action<string> output)
    {
        var buffer = ArrayPool<char>.Shared.Rent(MaxLine);
        try
        {
            var held = 0;
            int read;
            while ((read = await ReadAsync(reader, buffer.AsMemory(held, MaxLine - held)).ConfigureAwait(false)) > 0)
                held = HandOn(buffer, held + read, output);
            if (held > 0)
                output(new string(buffer, 0, held));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static int HandOn(char[] buffer, int length, Action<string> output)
    {
        var start = 0;
        int end;
        while ((end = Array.IndexOf(buffer, '\n', start, length - start)) >= 0)
        {
            output(buffer.AsSpan(start, end - start).TrimEnd('\r').ToString());
            start = end + 1;
        }

        if (start == 0 && length == MaxLine)
        {
            output(new string(buffer, 0, length));
            return 0;
        }

        buffer.AsSpan(start, length - start).CopyTo(buffer);
        return length - start;
    }

    private static async Task<int> ReadAsync(TextReader reader, Memory<char> space)
    {
        try
        {
            return await reader.ReadAsync(space).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return 0;
        }
    }
}
