using System.IO.Compression;
using System.Text;
using Cluster.Contracts.Data;
using Cluster.Fuzz.Inputs;
using Cluster.Models.Data;

namespace Cluster.Fuzz.Targets;

/// <summary>Files of one data format, plain or compressed: rows that are finite numbers, or one line that says where not.</summary>
internal sealed class DataFileTarget : Target
{
    /// <summary>Bytes of a file, decompressed: a compressed one may hold a thousand times what it has.</summary>
    private const int MaxBytes = 1 << 20;

    private readonly string _format;
    private readonly IReadOnlyList<byte[]> _seeds;
    private readonly Func<byte[], IReadOnlyList<byte[]>, FuzzRandom, byte[]> _mutate;
    private long _read;
    private readonly ByteMutator _bytes = new([[0x1F, 0x8B], [0, 0, 8, 1], [0, 0, 0x0D, 3]]);

    public DataFileTarget(string format)
    {
        _format = format;
        _seeds = Corpus.Seeds(format);
        _mutate = format == DataFormats.Idx ? _bytes.Mutate : new TextMutator(["\"", "\"\"", ",", ":", "\r", "\n", " ", "#", "1:", "0:1", "x", "\0", "\uFEFF"],
            ",: \n\"").Mutate;
    }

    public override string Name => _format;

    public override string Description => $"{_format} files, plain and gzip";

    // Buffers of a megabyte for a record and a line, the rows as they come, doubled, and this target's own copies.
    public override long MaxAllocation(byte[] input) => 24_000_000 + (input.Length * 64L) + (8 * _read);

    public override byte[] Generate(FuzzRandom random)
    {
        var content = _mutate(random.Pick(_seeds), _seeds, random);
        if (!random.Once(6)) return content;
        var packed = Gzip(random.Once(20) ? new byte[4 * MaxBytes] : content);
        return Damage(packed, content, random, _bytes, _seeds);
    }

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        _read = 0;
        // The last byte decides how it is read, so that an input is all there is to say.
        var way = input.Length == 0 ? 0 : input[^1];
        var import = new DataImport
        {
            Source = "f",
            Format = _format,
            Label = (way & 1) == 0 ? "y" : "1",
            HasHeader = (way & 2) == 0,
            Features = (way & 4) == 0 ? 0 : 5,
            IsZeroBased = (way & 8) != 0,
        };
        try
        {
            using var reader = RowReaders.Open(import, new MemoryStream(input), null,
                new DataLimits { MaxBytes = MaxBytes, MaxColumns = 4_096, MaxRows = 100_000, ChunkRows = 256 });
            long rows = 0;
            foreach (var chunk in reader.ReadChunks(cancellationToken))
            {
                _read += chunk.ByteLength;
                rows += chunk.Labels.Length;
                Check(chunk);
            }

            if (_format == DataFormats.Csv) FileContent.RequireEveryRecord(input, rows + (import.HasHeader ? 1 : 0), passesEmptyLines: true);
            else FileContent.Of(input);

            return ValueTask.FromResult(true);
        }
        catch (DataFormatException e)
        {
            Promise.IsOneLine(e.Message);
            return ValueTask.FromResult(false);
        }
    }

    /// <summary>Rows are finite, and read as they were written.</summary>
    internal static void Check(DataChunk chunk)
    {
        foreach (var value in chunk.Features) Promise.That(float.IsFinite(value), "a value is not finite");
        foreach (var value in chunk.Labels) Promise.That(float.IsFinite(value), "a label is not finite");
        var read = DataChunk.FromBytes(chunk.ToBytes());
        Promise.That(read.Features.SequenceEqual(chunk.Features) && read.Labels.SequenceEqual(chunk.Labels), "a chunk does not read as it was written");
    }

    /// <summary>A compressed file as it is, damaged, or with another one, the same or some bytes behind it.</summary>
    internal static byte[] Damage(byte[] packed, byte[] content, FuzzRandom random, ByteMutator mutator, IReadOnlyList<byte[]> others) => random.Below(8) switch
    {
        0 or 1 or 2 => mutator.Mutate(packed, others, random),
        3 => [.. packed, .. Gzip(random.Once(2) ? content : random.Pick(others))],
        4 => [.. packed, .. random.Once(2) ? new byte[random.Few(64)] : random.Bytes(random.Few(64))],
        _ => packed,
    };

    internal static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(content);
        return packed.ToArray();
    }
}

/// <summary>Chunks of data sets as they lie in Redis.</summary>
internal sealed class DataChunkTarget : Target
{
    private static readonly byte[] Seed = new DataChunk(7, 3, [1, 2, 3, 4, 5, 6], [0, 1]).ToBytes();

    private readonly ByteMutator _mutator = new([Encoding.ASCII.GetBytes("CLD1")]);

    public override string Name => "data-chunk";

    public override string Description => "chunks of data sets in Redis";

    public override long MaxAllocation(byte[] input) => 16_000 + (8L * input.Length);

    public override byte[] Generate(FuzzRandom random) => _mutator.Mutate(Seed, [Seed], random);

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        try
        {
            Promise.That(DataChunk.FromBytes(input).ToBytes().AsSpan(16).SequenceEqual(input.AsSpan(16)), "a chunk does not write as it was read");
            return ValueTask.FromResult(true);
        }
        catch (DataFormatException e)
        {
            Promise.IsOneLine(e.Message);
            return ValueTask.FromResult(false);
        }
    }
}
