using System.Buffers.Binary;
using Cluster.Contracts.Data;
using Cluster.Fuzz.Inputs;
using Cluster.Models.Data;

namespace Cluster.Fuzz.Targets;

/// <summary>IDX labels and images in a file each, plain or compressed; an input is the length of the labels, little-endian, both files.</summary>
internal sealed class IdxPairTarget : Target
{
    private const int MaxBytes = 1 << 20;

    private readonly (byte[] Labels, byte[] Images)[] _seeds;
    private readonly byte[][] _files;
    private readonly ByteMutator _mutator = new([[0x1F, 0x8B], [0, 0, 8, 1], [0, 0, 0x0D, 3]]);
    private long _read;

    public IdxPairTarget()
    {
        _seeds = [.. Corpus.Seeds("idx-pair").Select(Split)];
        _files = [.. _seeds.SelectMany(seed => (byte[][])[seed.Labels, seed.Images])];
    }

    public override string Name => "idx-pair";

    public override string Description => "idx labels and images in two files, plain and gzip";

    public override long MaxAllocation(byte[] input) => 24_000_000 + (input.Length * 64L) + (8 * _read);

    public override byte[] Generate(FuzzRandom random)
    {
        var (labels, images) = random.Pick(_seeds);
        var damaged = random.Below(3);
        return Join(File(labels, damaged != 1, random), File(images, damaged != 0, random));
    }

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        _read = 0;
        var (labels, images) = Split(input);
        var import = new DataImport { Source = "f", Format = DataFormats.Idx };
        try
        {
            using var reader = RowReaders.Open(
                import, new MemoryStream(images), new MemoryStream(labels),
                new DataLimits { MaxBytes = MaxBytes, MaxColumns = 4_096, MaxRows = 100_000, ChunkRows = 256 });
            long rows = 0;
            foreach (var chunk in reader.ReadChunks(cancellationToken))
            {
                _read += chunk.ByteLength;
                rows += chunk.Labels.Length;
                DataFileTarget.Check(chunk);
            }

            Promise.That(rows == reader.DeclaredRows, $"{rows} rows were read of {reader.DeclaredRows}");
            return ValueTask.FromResult(true);
        }
        catch (DataFormatException e)
        {
            Promise.IsOneLine(e.Message);
            return ValueTask.FromResult(false);
        }
    }

    private byte[] File(byte[] file, bool isDamaged, FuzzRandom random)
    {
        var content = isDamaged ? _mutator.Mutate(file, _files, random) : file;
        if (!random.Once(6)) return content;
        var packed = DataFileTarget.Gzip(random.Once(20) ? new byte[4 * MaxBytes] : content);
        return DataFileTarget.Damage(packed, content, random, _mutator, _files);
    }

    private static byte[] Join(byte[] labels, byte[] images)
    {
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, labels.Length);
        return [.. length, .. labels, .. images];
    }

    private static (byte[] Labels, byte[] Images) Split(byte[] input)
    {
        if (input.Length < sizeof(int)) return (input, []);
        var labels = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(input), (uint)(input.Length - sizeof(int)));
        return (input[sizeof(int)..(sizeof(int) + labels)], input[(sizeof(int) + labels)..]);
    }
}
