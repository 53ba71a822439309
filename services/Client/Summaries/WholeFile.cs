namespace Cluster.Client.Summaries;

/// <summary>A file that is there whole or not at all.</summary>
internal static class WholeFile
{
    /// <exception cref="IOException">It cannot be written, or is there already and not to be replaced.</exception>
    public static void Write(string path, bool overwrite, Action<Stream> write)
    {
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var stream = File.Create(part)) write(stream);
            File.Move(part, path, overwrite);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
