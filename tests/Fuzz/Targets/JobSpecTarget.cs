using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Jobs;
using Cluster.Fuzz.Inputs;
using Google.Protobuf;
using Grpc.Core;

namespace Cluster.Fuzz.Targets;

/// <summary>Submissions from bytes through validation and mapping. What is taken says the same when it is sent again.</summary>
internal sealed class JobSpecTarget : Target
{
    private readonly IReadOnlyList<IMessage> _seeds =
        [.. Corpus.Seeds("job-spec").Select(json => JsonParser.Default.Parse<SubmitRequest>(System.Text.Encoding.UTF8.GetString(json)))];
    private readonly MessageMutator _messages = new(MessageTexts.All);
    private readonly ByteMutator _bytes = new([[0x0A], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]]);

    public override string Name => "job-spec";

    public override string Description => "job specs as protobuf, through validation and mapping";

    public override long MaxAllocation(byte[] input) => 4_000_000 + (1_000L * input.Length);

    public override byte[] Generate(FuzzRandom random)
    {
        var message = _messages.Mutate(random.Pick(_seeds), random).ToByteArray();
        return random.Once(8) ? _bytes.Mutate(message, [message], random) : message;
    }

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        SubmitRequest request;
        try
        {
            request = SubmitRequest.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException)
        {
            return ValueTask.FromResult(false);
        }

        try
        {
            var job = JobSubmission.Read(request, DateTimeOffset.UnixEpoch);
            Promise.That(job.Spec.Length < 4 << 20, $"a spec of {job.Spec.Length} characters");
            Promise.That(JobSubmission.Read(Again(request, job.Spec), DateTimeOffset.UnixEpoch).Spec == job.Spec,
                "a spec does not say the same when it is sent again");
            return ValueTask.FromResult(true);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
        {
            Promise.That(SpecRejection.TryRead(e, out _), "a refusal without the fields that are wrong");
            Promise.IsOneLine(e.Status.Detail);
            return ValueTask.FromResult(false);
        }
    }

    // As a client would send what the record holds.
    private static SubmitRequest Again(SubmitRequest request, string spec) => request.SpecCase switch
    {
        SubmitRequest.SpecOneofCase.Pi => new() { IdempotencyKey = "k", Pi = Read<Contracts.Jobs.PiSpec>(spec).ToProto() },
        SubmitRequest.SpecOneofCase.Computation => new() { IdempotencyKey = "k", Computation = Read<Contracts.Jobs.ComputationSpec>(spec).ToProto() },
        SubmitRequest.SpecOneofCase.Training => new() { IdempotencyKey = "k", Training = Read<Contracts.Jobs.TrainingSpec>(spec).ToProto() },
        _ => new() { IdempotencyKey = "k", Op = Read<Contracts.Jobs.OpSpec>(spec).ToProto() },
    };

    private static T Read<T>(string json) => System.Text.Json.JsonSerializer.Deserialize<T>(json, SpecJson.Options)!;
}

/// <summary>Texts that mean something to a coordinator or ps task, right ones and what they are put together from.</summary>
internal static class MessageTexts
{
    public static IReadOnlyList<string> All { get; } =
    [
        "pi", "price", "op", "linear", "logistic", "softmax", "mlp", "sync", "async", "ssp", "sgd", "momentum", "nesterov", "adagrad", "adam", "adamw", "ftrl",
        "constant", "step", "exponential", "cosine", "ranges", "variables", "relu", "tanh", "sigmoid", "glorot", "he", "loss", "accuracy",
        "128,64", "1048576,1048576",
        "1,1,1,1,1,1,1,1", "/gpu:0", "/cpu:0", "/job:worker/task:1", "add", "multiply", "matmul", "reduce-sum", "{}", "[]", "{\"seed\":1}", "csv",
        "libsvm", "idx",
        "file:data.csv", "synthetic:linear?rows=10", "synthetic:blobs?rows=1000000000000", "http://127.0.0.1:1/a.csv", "rows", "kept", "kept@3", "job-kept",
        "job-kept@0", "y", "x1",
    ];
}
