using System.Text;
using Cluster.Contracts.Devices;
using Cluster.Fuzz.Inputs;

namespace Cluster.Fuzz.Targets;

/// <summary>Cluster specs. What is taken reads the same when it is written and read again.</summary>
internal sealed class ClusterSpecTarget : Target
{
    private readonly IReadOnlyList<byte[]> _seeds = Corpus.Seeds("cluster-spec");
    private readonly JsonMutator _mutator = new();

    public override string Name => "cluster-spec";

    public override string Description => "TensorFlow's ClusterSpec as JSON";

    public override long MaxAllocation(byte[] input) => 256_000 + (input.Length * 600L);

    public override byte[] Generate(FuzzRandom random) => _mutator.Mutate(random.Pick(_seeds), _seeds, random);

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        try
        {
            var written = ClusterSpec.Parse(Encoding.UTF8.GetString(input)).ToJson();
            Promise.That(ClusterSpec.Parse(written).ToJson() == written, "a cluster spec does not read as it was written");
            return ValueTask.FromResult(true);
        }
        catch (FormatException e)
        {
            Promise.That(e.Message.Length > 0, "a refusal says nothing");
            return ValueTask.FromResult(false);
        }
    }
}
