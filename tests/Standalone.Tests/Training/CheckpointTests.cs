using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;

namespace Cluster.Standalone.Tests.Training;

/// <summary>Checkpoints as lists, names and files, through every service.</summary>
public sealed class CheckpointTests(TrainingFixture embedded) : IClassFixture<TrainingFixture>, IDisposable
{
    private const int TestLimit = 300_000;

    private static readonly TrainingSpec Spec = new()
    {
        Lanes = 7,
        Batch = 2,
        Epochs = 10,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.8f,
        Seed = 3,
        CheckpointEveryEpochs = 3,
        KeepCheckpoints = 2,
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("checkpoints-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact(Timeout = TestLimit)]
    public async Task List_JobThatEnded_HasTheNewestAndTheLastCommitWithTheirFingerprints()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = await embedded.Client.TrainAsync(Spec, cancellationToken: ct);

        var kept = await embedded.Client.ListCheckpointsAsync(model.JobId, ct);

        // Epochs of 8 steps: of those after 3, 6 and 9 the last two, and the end after 10.
        Assert.Equal([48, 72, 80], kept.Select(checkpoint => checkpoint.Clock));
        Assert.Equal([6.0, 9.0, 10.0], kept.Select(checkpoint => checkpoint.Epochs));
        Assert.Equal([606, 909, 1010], kept.Select(checkpoint => checkpoint.Examples));
        Assert.Equal(model.Fingerprint, kept[^1].Fingerprint);
        Assert.Equal(LineSimulation.Run(Spec with { Epochs = 9 }).Fingerprint, kept[1].Fingerprint);
        Assert.All(kept, checkpoint => Assert.Equal((model.JobId, false, 16L), (checkpoint.Origin, checkpoint.IsNamed, checkpoint.Bytes)));
        await Assert.ThrowsAsync<CheckpointNotFoundException>(() => embedded.Client.ListCheckpointsAsync("no-such-job", ct));
    }

    /// <summary>What evaluations came to is seen beside the checkpoints, the best of them marked; both stay with a name.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task List_JobThatWasEvaluated_HasMetricsAndTheBest()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = await embedded.Client.TrainAsync(Spec with { EvaluateEpochs = 3, TestFraction = 0.3 }, cancellationToken: ct);

        var kept = await embedded.Client.ListCheckpointsAsync(model.JobId, ct);

        var best = Assert.Single(kept, checkpoint => checkpoint.IsBest);
        Assert.Equal(model.BestEvaluation!.Clock, best.Clock);
        Assert.Equal(model.BestEvaluation.Values, best.Metrics);
        Assert.Equal(model.LastEvaluation!.Values, kept[^1].Metrics);
        Assert.All(kept, checkpoint => Assert.Equal(["loss", "rmse"], checkpoint.Metrics.Keys.Order()));
        Assert.Equal(best.Metrics, (await embedded.Client.KeepCheckpointAsync(best.Id, "best-one", ct)).Metrics);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Keep_UnderAName_StaysUntilItIsRemoved()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = await embedded.Client.TrainAsync(Spec, cancellationToken: ct);

        var named = await embedded.Client.KeepCheckpointAsync($"{model.JobId}@72", "nine-epochs", ct);
        Assert.Equal(("nine-epochs", $"{model.JobId}@72", true, 72L), (named.Id, named.Origin, named.IsNamed, named.Clock));
        Assert.Null(named.ExpiresAt);
        Assert.Contains(await embedded.Client.ListCheckpointsAsync(cancellationToken: ct), checkpoint => checkpoint.Id == "nine-epochs");
        var taken = await Assert.ThrowsAsync<SpecRejectedException>(() => embedded.Client.KeepCheckpointAsync(model.JobId, "nine-epochs", ct));
        Assert.Equal("name", Assert.Single(taken.Violations).Field);
        var continued = await embedded.Client.TrainAsync(Spec with { From = "nine-epochs" }, cancellationToken: ct);
        Assert.Equal(model.Fingerprint, continued.Fingerprint);

        await embedded.Client.RemoveCheckpointAsync("nine-epochs", ct);
        await Assert.ThrowsAsync<CheckpointNotFoundException>(() => embedded.Client.GetCheckpointAsync("nine-epochs", ct));
        Assert.Empty(await embedded.KeysAsync("cluster:job:{nine-epochs}"));
        await Assert.ThrowsAsync<CheckpointNotFoundException>(() => embedded.Client.RemoveCheckpointAsync("nine-epochs", ct));
    }

    /// <summary>The file as the format says, read with nothing of the product; then back, bit by bit.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Export_ThenImport_GivesTheSameBits()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = await embedded.Client.TrainAsync(Spec, cancellationToken: ct);
        var file = Path.Combine(_directory, "model.safetensors");

        await embedded.Client.ExportCheckpointAsync(model.JobId, file, cancellationToken: ct);

        var (header, data) = Split(await File.ReadAllBytesAsync(file, ct));
        var there = await Assert.ThrowsAsync<SpecRejectedException>(() => embedded.Client.ExportCheckpointAsync(model.JobId, file, cancellationToken: ct));
        Assert.Equal($"file: {file}: is there already", there.Message);
        await embedded.Client.ExportCheckpointAsync(model.JobId, file, overwrite: true, cancellationToken: ct);
        Assert.Equal(["model.safetensors"], Directory.GetFiles(_directory).Select(Path.GetFileName));
        Assert.Equal(["__metadata__", "w", "b", "optimizer.slot1.w", "optimizer.slot1.b"], header.Select(field => field.Key));
        Assert.Equal(16, data.Length);
        Assert.Equal(model.Parameters!["w"][0], BinaryPrimitives.ReadSingleLittleEndian(data));
        Assert.Equal(model.Parameters["b"][0], BinaryPrimitives.ReadSingleLittleEndian(data.AsSpan(4)));
        Assert.Equal(model.Fingerprint, (string?)header["__metadata__"]!["cluster.fingerprint"]);
        Assert.Equal("80", (string?)header["__metadata__"]!["cluster.clock"]);

        var imported = await embedded.Client.ImportCheckpointAsync(file, "imported", cancellationToken: ct);
        Assert.Equal((model.Fingerprint, 80L, 1010L, 1), (imported.Fingerprint, imported.Clock, imported.Examples, imported.Slots));
        var again = Path.Combine(_directory, "again.safetensors");
        await embedded.Client.ExportCheckpointAsync("imported", again, cancellationToken: ct);
        Assert.Equal(data, Split(await File.ReadAllBytesAsync(again, ct)).Data);
        var longer = await embedded.Client.TrainAsync(Spec with { Epochs = 30, From = "imported" }, cancellationToken: ct);
        Assert.Equal(LineSimulation.Run(Spec with { Epochs = 30 }).Fingerprint, longer.Fingerprint);
    }

    /// <summary>A file with the tensors alone, in another order, as other programs write it.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Import_FileOfAnotherProgram_GivesPredictionsAndWeights()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = await embedded.Client.TrainAsync(Spec, cancellationToken: ct);
        var file =
            Write("torch.safetensors", """{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
            0.25f, 2f);

        var refused = await Assert.ThrowsAsync<SpecRejectedException>(() => embedded.Client.ImportCheckpointAsync(file, cancellationToken: ct));
        Assert.Contains("--like", Assert.Single(refused.Violations).Limit, StringComparison.Ordinal);
        var imported = await embedded.Client.ImportCheckpointAsync(file, "torch", like: model.JobId, cancellationToken: ct);

        Assert.Equal((0L, 0L, 0), (imported.Clock, imported.Examples, imported.Slots));
        var predicted = await PredictAsync("torch", "x\n0\n1\n-1\n");
        Assert.Equal([0.25f, 2.25f, -1.75f], predicted);
        var slots = await Assert.ThrowsAsync<SpecRejectedException>(() => embedded.Client.SubmitAsync(Spec with { From = "torch" }, cancellationToken: ct));
        Assert.Contains("0 optimizer slots", Assert.Single(slots.Violations).Limit, StringComparison.Ordinal);
        var tuned = await embedded.Client.TrainAsync(Spec with { From = "torch", WeightsOnly = true }, cancellationToken: ct);
        Assert.Equal(LineSimulation.Run(Spec with { StartWeight = 2, StartBias = 0.25f }).Fingerprint, tuned.Fingerprint);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Import_FileThatIsDamaged_IsRefusedWithTheReasonAndLeavesNothing()
    {
        var ct = TestContext.Current.CancellationToken;
        var model = await embedded.Client.TrainAsync(Spec, cancellationToken: ct);
        var file = Path.Combine(_directory, "good.safetensors");
        await embedded.Client.ExportCheckpointAsync(model.JobId, file, cancellationToken: ct);
        var good = await File.ReadAllBytesAsync(file, ct);
        var (header, data) = Split(good);
        byte[] flipped = [.. good];
        flipped[^3] ^= 1;
        var wrongShape = header.DeepClone().AsObject();
        wrongShape["w"]!["shape"] = new JsonArray(1, 1);
        var renamed = header.DeepClone().AsObject();
        renamed["v"] = renamed["w"]!.DeepClone();
        renamed.Remove("w");
        var otherFormat = header.DeepClone().AsObject();
        otherFormat["__metadata__"]!["cluster.format"] = "2";
        var noPlan = header.DeepClone().AsObject();
        noPlan["__metadata__"]!["cluster.plan"] = "{}";
        (byte[] Bytes, string Reason)[] wrong =
        [
            (good[..^1], "truncated"),
            (good[..20], "truncated"),
            ([.. good, 0], "1 bytes behind"),
            (Encoding.UTF8.GetBytes("PK this is no safetensors file at all"), "no safetensors file"),
            (flipped, "hash"),
            (Join(header, [.. data[..12], 0, 0, 0xC0, 0x7F]), "not finite"),
            (Join(wrongShape, data), "has shape [1, 1]; model 'linear' has shape [1]"),
            (Join(renamed, data), "tensor 'w' is missing"),
            (Join(otherFormat, data), "format 2"),
            (Join(noPlan, data), "cluster.plan"),
        ];
        var before = (await embedded.KeysAsync("cluster:job:{broken}")).Count;
        foreach (var (bytes, reason) in wrong)
        {
            await File.WriteAllBytesAsync(file, bytes, ct);
            var refused = await Assert.ThrowsAsync<SpecRejectedException>(() => embedded.Client.ImportCheckpointAsync(file, "broken", cancellationToken: ct));
            var violation = Assert.Single(refused.Violations);
            Assert.Equal("file", violation.Field);
            Assert.Contains(reason, violation.Limit, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<CheckpointNotFoundException>(() => embedded.Client.GetCheckpointAsync("broken", ct));
        Assert.Equal(before, (await embedded.KeysAsync("cluster:job:{broken}")).Count);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Predict_ColumnsInAnotherOrder_AreFoundByName()
    {
        var ct = TestContext.Current.CancellationToken;
        const string csv = "a,b,y\n0,0,1\n1,0,3\n0,1,-1\n1,1,1\n2,1,3\n";
        var data = await embedded.Client.LoadDataAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "y", cancellationToken: ct);
        var model = await embedded.Client.TrainAsync(
            new TrainingSpec { Data = data.Id, Label = "y", Lanes = 2, Batch = 3, Epochs = 50, LearningRate = 0.1f }, cancellationToken: ct);
        var (a, b, bias) = (model.Parameters!["w"][0], model.Parameters["w"][1], model.Parameters["b"][0]);

        var predicted = await PredictAsync(model.JobId, "id,b,a\n7,0.5,2\n8,-1,3\n");

        Assert.Equal(bias + (2.0 * a) + (0.5 * b), predicted[0], 1e-5);
        Assert.Equal(bias + (3.0 * a) - b, predicted[1], 1e-5);
        Assert.Equal(predicted[..1], await PredictAsync(model.JobId, "2,0.5\n", hasHeader: false));
        Assert.Equal(5000, (await PredictAsync(model.JobId, "a,b\n" + string.Concat(Enumerable.Repeat("1,2\n", 5000)))).Length);
        foreach (var (file, reason) in ((string, string)[])[("a\n1\n", "no column 'b'"), ("a,b\n1,x\n", "row 2, column 2 ('b'): 'x' is not a number"),
            ("a,b,b\n", "same name"), ("", "empty")])
        {
            var refused = await Assert.ThrowsAsync<SpecRejectedException>(() => PredictAsync(model.JobId, file));
            Assert.Contains(reason, Assert.Single(refused.Violations).Limit, StringComparison.Ordinal);
        }

        var tooWide = await Assert.ThrowsAsync<SpecRejectedException>(() => PredictAsync(model.JobId, "1,2,3\n", hasHeader: false));
        Assert.Contains("3 columns and no header; the model was trained by 2", Assert.Single(tooWide.Violations).Limit, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CheckpointNotFoundException>(() => PredictAsync("no-such-model", "a,b\n1,2\n"));
    }

    private async Task<float[]> PredictAsync(string model, string csv, bool hasHeader = true)
    {
        var predicted = new List<float>();
        await foreach (var prediction in embedded.Client.PredictAsync(model, new MemoryStream(Encoding.UTF8.GetBytes(csv)), hasHeader, null,
            TestContext.Current.CancellationToken))
        {
            Assert.Equal(predicted.Count, prediction.Row);
            predicted.Add(prediction.Values.Span[0]);
        }

        return [.. predicted];
    }

    private string Write(string name, string header, params float[] values)
    {
        var path = Path.Combine(_directory, name);
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. values.SelectMany(BitConverter.GetBytes)]);
        return path;
    }

    private static (JsonObject Header, byte[] Data) Split(byte[] file)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        return (JsonNode.Parse(file.AsSpan(8, length))!.AsObject(), file[(8 + length)..]);
    }

    private static byte[] Join(JsonObject header, byte[] data)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. data];
    }
}
