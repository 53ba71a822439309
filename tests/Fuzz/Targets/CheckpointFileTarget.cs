using System.Buffers.Binary;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Checkpoints;
using Cluster.Fuzz.Inputs;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Dense;
using Cluster.Models.Linear;
using Cluster.Models.Safetensors;

namespace Cluster.Fuzz.Targets;

/// <summary>Safetensors files as far as their header, and what it says as a checkpoint: plan, spec, tensors.</summary>
internal sealed class CheckpointFileTarget : Target
{
    private readonly JsonMutator _json = new();
    private readonly ByteMutator _bytes = new([[0, 0, 0, 0, 0, 0, 0, 1], "__metadata__"u8.ToArray(), "data_offsets"u8.ToArray()]);
    private readonly IReadOnlyList<byte[]> _headers = Corpus.Seeds("checkpoint-file");
    private readonly ModelCatalog _models = new(
        [new LinearRegressionFactory(), new LogisticRegressionFactory(), new SoftmaxRegressionFactory(), new PerceptronFactory()]);

    public override string Name => "checkpoint-file";

    public override string Description => "safetensors files and the checkpoints in them";

    // A layout names each tensor of up to 64 layers, a header up to ten thousand; a name is shown cut.
    public override long MaxAllocation(byte[] input) => 4_000_000 + (1_000L * input.Length);

    public override byte[] Generate(FuzzRandom random)
    {
        var json = MutatedHeader(random);
        var dataBytes = DataBytes(json);
        var file = new byte[8 + json.Length + (random.Once(4) ? random.Below(100) : dataBytes)];
        BinaryPrimitives.WriteInt64LittleEndian(file, random.Once(12) ? Interesting.Integer(random) : json.Length);
        json.CopyTo(file, 8);
        return random.Once(8) ? _bytes.Mutate(file, _headers, random) : file;
    }

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        try
        {
            if (input.Length < SafetensorsHeader.PrefixBytes) return ValueTask.FromResult(false);
            var length = SafetensorsHeader.ReadLength(input, input.Length);
            ReadOnlySpan<byte> json = input.AsSpan(SafetensorsHeader.PrefixBytes, length);
            var header = SafetensorsHeader.Parse(json, input.Length - SafetensorsHeader.PrefixBytes - length);
            var checkpoint = CheckpointFile.Read(header, null, _models);
            Promise.That(checkpoint.Plan.Spec.Validate().Count == 0, "the spec of a checkpoint that is taken is wrong");
            Promise.That(checkpoint.Placement.Sum(place => (long)place.Tensor.Length) == checkpoint.Plan.Parameters * (1L + checkpoint.Plan.Slots),
                "tensors do not fill the parameters");
            // What lists and predictions ask of it later.
            Promise.That(checkpoint.Clock / (double)checkpoint.Plan.Schedule().StepsPerEpoch >= 0 && checkpoint.Plan.Monitored.Name.Length > 0,
                "a checkpoint that is taken cannot be shown");
            Standardiser.Of(checkpoint.Plan);
            System.Text.Json.JsonSerializer.Serialize(checkpoint.Plan, SpecJson.Options);
            return ValueTask.FromResult(true);
        }
        catch (SafetensorsException e)
        {
            Promise.IsOneLine(e.Message);
            return ValueTask.FromResult(false);
        }
    }

    // The plan is JSON within JSON: damaged on its own, it gets past the header's checks.
    private byte[] MutatedHeader(FuzzRandom random)
    {
        var header = random.Pick(_headers);
        if (random.Once(20)) return header;
        if (random.Once(3)) return _json.Mutate(header, _headers, random);
        var root = System.Text.Json.Nodes.JsonNode.Parse(header)!;
        if (root["__metadata__"]?["cluster.plan"] is not { } plan) return _json.Mutate(header, _headers, random);
        var text = System.Text.Encoding.UTF8.GetBytes((string)plan!);
        root["__metadata__"]!["cluster.plan"] = System.Text.Encoding.UTF8.GetString(_json.Mutate(text, [text], random));
        return System.Text.Encoding.UTF8.GetBytes(root.ToJsonString(SpecJson.Options));
    }

    private static long DataBytes(byte[] json)
    {
        try
        {
            var root = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject();
            return Math.Clamp(root.Where(tensor => tensor.Key != "__metadata__").Max(tensor => (long?)tensor.Value?["data_offsets"]?[1]) ?? 0, 0, 100_000);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or FormatException or ArgumentException
            or NullReferenceException)
        {
            return 0;
        }
    }
}
