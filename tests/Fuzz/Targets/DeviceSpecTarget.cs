using System.Text;
using Cluster.Contracts.Devices;
using Cluster.Fuzz.Inputs;

namespace Cluster.Fuzz.Targets;

/// <summary>Device names. What is taken reads the same when it is written and read again.</summary>
internal sealed class DeviceSpecTarget : Target
{
    private readonly IReadOnlyList<byte[]> _seeds = Corpus.Seeds("device-spec");
    private readonly TextMutator _mutator =
        new(["/job:", "/task:", "/replica:", "/device:", "/cpu:", "/gpu:", "CPU", "GPU", "worker", "*", ":", "0", "/"], "/:");

    public override string Name => "device-spec";

    public override string Description => "device names";

    public override long MaxAllocation(byte[] input) => 64_000 + (input.Length * 40L);

    public override byte[] Generate(FuzzRandom random) => _mutator.Mutate(random.Pick(_seeds), _seeds, random);

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(input);
        if (!DeviceSpec.TryParse(text, out var spec, out var error))
        {
            Promise.That(error.Length is > 0 and <= 1_000 && spec == DeviceSpec.Any, "a refused device spec leaves something behind, or its error is endless");
            return ValueTask.FromResult(false);
        }

        Promise.That(DeviceSpec.Parse(spec.ToString()) == spec, $"'{spec}' does not read as it was written");
        Promise.That(DeviceSpec.Any.Merge(spec) == spec && spec.Merge(spec) == spec, $"'{spec}' merged with itself is another");
        return ValueTask.FromResult(true);
    }
}
