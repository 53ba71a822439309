namespace Cluster.Models.Data;

/// <summary>The mark with which a text file may begin.</summary>
internal static class ByteOrderMark
{
    /// <summary>Bytes of UTF-8's mark at the start of a file: 3, or 0 where there is none.</summary>
    /// <param name="start">The first four bytes, or all that there are.</param>
    /// <exception cref="DataFormatException">It is the mark of another encoding.</exception>
    public static int Length(ReadOnlySpan<byte> start) => start switch
    {
        [0xEF, 0xBB, 0xBF, ..] => 3,
        [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => throw Other("UTF-32"),
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => throw Other("UTF-16"),
        _ => 0,
    };

    private static DataFormatException Other(string encoding) =>
        new($"the file begins with the byte order mark of {encoding}; convert it to UTF-8, for example with: iconv -f {encoding} -t UTF-8");
}
