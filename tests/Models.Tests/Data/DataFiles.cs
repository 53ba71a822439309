using System.Text;
using Cluster.Models.Data;
using Cluster.Models.Data.LibSvm;

namespace Cluster.Models.Tests.Data;

/// <summary>Files in memory, and what reading them comes to.</summary>
internal static class DataFiles
{
    public static MemoryStream Of(string text) => new(Encoding.UTF8.GetBytes(text));

    public static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(content);
        return packed.ToArray();
    }

    public static string Refused(Action read) => Assert.Throws<DataFormatException>(read).Message;

    public static DataSet LibSvm(string text, int features = 4, int indexBase = 1)
    {
        using var data = LibSvmData.Open(Of(text), new LibSvmOptions { Features = features, IndexBase = indexBase });
        return data.ReadAll(TestContext.Current.CancellationToken);
    }

    /// <summary>An example file of <c>docs/examples/data</c>.</summary>
    public static FileStream Example(string name) => File.OpenRead(Path.Combine(AppContext.BaseDirectory, "data", name));
}
