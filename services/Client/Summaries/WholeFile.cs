namespace Cluster.Client.Summaries;

/// <summary>A file that is there whole or not at all.</summary>
internal static class WholeFile
{
    public static void Write(string path, Action<Stream> write)
    {
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (FileStream stream = File.Create(part)) write(stream);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
