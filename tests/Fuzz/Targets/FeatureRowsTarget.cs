using System.Text;
using Cluster.Contracts.Data;
using Cluster.Fuzz.Inputs;
using Cluster.Models.Data;

namespace Cluster.Fuzz.Targets;

/// <summary>Files whose rows are to be predicted, plain and compressed: a row for each line, or one line that says where not.</summary>
internal sealed class FeatureRowsTarget : Target
{
    private const int MaxBytes = 1 << 20;

    // The last bit decides whether there is a header, so that an input is all there is to say.
    private readonly IReadOnlyList<byte[]> _seeds =
        [.. ((string[])["x\n1\n2\n", "id,x,name\r\n1,2.5,a\r\n2,-4e2,\r\n", "\"x\",\"x 2\"\n\"1\",\"\"\n3,\n", "1\n-2\n3"]).Select(Encoding.UTF8.GetBytes)];

    private readonly TextMutator _text = new(["\"", "\"\"", ",", "\r", "\n", "\n\n", " ", "x", "y", "c1", "\0", "\uFEFF"], ", \n\"");
    private readonly ByteMutator _bytes = new([[0x1F, 0x8B]]);

    public override string Name => "feature-rows";

    public override string Description => "csv files to be predicted, plain and gzip";

    public override long MaxAllocation(byte[] input) => 24_000_000 + (input.Length * 64L);

    public override byte[] Generate(FuzzRandom random)
    {
        var content = _text.Mutate(random.Pick(_seeds), _seeds, random);
        return random.Once(6) ? DataFileTarget.Damage(DataFileTarget.Gzip(content), content, random, _bytes, _seeds) : content;
    }

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        var hasHeader = input.Length == 0 || (input[^1] & 1) == 0;
        try
        {
            using var content = Decompression.Open(new MemoryStream(input));
            using var rows = FeatureRows.Open(content, ["x"], MaxBytes, hasHeader);
            var row = new float[1];
            long read = 0;
            for (; rows.Read(row); read++) Promise.That(float.IsFinite(row[0]), "a value is not finite");
            FileContent.RequireEveryRecord(input, read + (hasHeader ? 1 : 0), passesEmptyLines: false);
            return ValueTask.FromResult(true);
        }
        catch (DataFormatException e)
        {
            Promise.IsOneLine(e.Message);
            return ValueTask.FromResult(false);
        }
    }
}
