using System.Globalization;
using System.Net;

namespace Cluster.EndToEnd.Security;

/// <summary>Where processes of this machine listen, from /proc.</summary>
internal static class Listeners
{
    private const string Listening = "0A";
    private const string SocketLink = "socket:[";

    public static IReadOnlyList<IPEndPoint> Of(int pid)
    {
        var inodes = Directory.EnumerateFiles(FormattableString.Invariant($"/proc/{pid}/fd"))
            .Select(TargetOf).Where(target => target?.StartsWith(SocketLink, StringComparison.Ordinal) == true)
            .Select(target => target![SocketLink.Length..^1]).ToHashSet();
        return [.. ((string[])["/proc/net/tcp", "/proc/net/tcp6"]).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == Listening && inodes.Contains(fields[9]))
            .Select(fields => EndPoint(fields[1]))];
    }

    // 0100007F:1F90: words of four bytes, each in the machine's order, and the port.
    private static IPEndPoint EndPoint(string text)
    {
        var parts = text.Split(':');
        var address = Convert.FromHexString(parts[0]);
        for (var word = 0; word < address.Length && BitConverter.IsLittleEndian; word += sizeof(int)) address.AsSpan(word, sizeof(int)).Reverse();
        return new IPEndPoint(new IPAddress(address), int.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            // It was closed in between.
            return null;
        }
    }
}
