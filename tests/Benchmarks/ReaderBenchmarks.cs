using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Cluster.Contracts.Data;
using Cluster.Models.Data;

namespace Cluster.Benchmarks;

/// <summary>Rows a second of each reader on one core, from memory to chunks: 64 features, for LIBSVM a quarter of them present.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class ReaderBenchmarks
{
    private const int Rows = 20_000;
    private const int Features = 64;

    private byte[] _csv = [];
    private byte[] _csvGzip = [];
    private byte[] _libSvm = [];
    private byte[] _idx = [];
    private readonly string _synthetic = $"synthetic:linear?rows={Rows}&features={Features}";

    [GlobalSetup]
    public void Write()
    {
        var csv = new StringBuilder();
        var libSvm = new StringBuilder();
        var idx = new List<byte> { 0, 0, 8, 1, 0, 0, Rows >> 8, Rows & 255 };
        idx.AddRange(Enumerable.Range(0, Rows).Select(row => (byte)(row % 10)));
        idx.AddRange([0, 0, 8, 2, 0, 0, Rows >> 8, Rows & 255, 0, 0, 0, Features]);
        for (var row = 0; row < Rows; row++)
        {
            libSvm.Append(CultureInfo.InvariantCulture, $"{row % 10}");
            for (var i = 0; i < Features; i++)
            {
                var value = (float)PhiloxNormal.At(1, (ulong)((row * Features) + i));
                csv.Append(CultureInfo.InvariantCulture, $"{value:R},");
                if (i % 4 == 0) libSvm.Append(CultureInfo.InvariantCulture, $" {i + 1}:{value:R}");
                idx.Add((byte)(row + i));
            }

            csv.Append(CultureInfo.InvariantCulture, $"{row % 10}\n");
            libSvm.Append('\n');
        }

        _csv = Encoding.ASCII.GetBytes(csv.ToString());
        _libSvm = Encoding.ASCII.GetBytes(libSvm.ToString());
        _idx = [.. idx];
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal)) gzip.Write(_csv);
        _csvGzip = packed.ToArray();
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public long Csv() => Read(_csv, new DataImport { Source = "f", Label = "65", HasHeader = false });

    [Benchmark(OperationsPerInvoke = Rows)]
    public long CsvGzip() => Read(_csvGzip, new DataImport { Source = "f", Label = "65", HasHeader = false });

    [Benchmark(OperationsPerInvoke = Rows)]
    public long LibSvm() => Read(_libSvm, new DataImport { Source = "f", Format = DataFormats.LibSvm, Features = Features });

    [Benchmark(OperationsPerInvoke = Rows)]
    public long Idx() => Read(_idx, new DataImport { Source = "f", Format = DataFormats.Idx });

    [Benchmark(OperationsPerInvoke = Rows)]
    public long Synthetic()
    {
        using var reader = RowReaders.OpenSynthetic(new DataImport { Source = _synthetic }, new DataLimits());
        return reader.ReadChunks().Sum(chunk => (long)chunk.Rows);
    }

    private static long Read(byte[] file, DataImport import)
    {
        using var reader = RowReaders.Open(import, new MemoryStream(file), labels: null, new DataLimits());
        return reader.ReadChunks().Sum(chunk => (long)chunk.Rows);
    }
}
