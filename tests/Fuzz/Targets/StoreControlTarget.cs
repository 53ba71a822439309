using Cluster.Fuzz.Inputs;
using Cluster.Fuzz.Servers;
using Cluster.Protocol.Shards;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Fuzz.Targets;

/// <summary>The control plane of a real ps process: a call that is refused, or that has nothing to change, leaves its shards as they were.</summary>
internal sealed class StoreControlTarget : Target
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly GrpcInputs _inputs = new("ps-control", V1.ParametersReflection.Descriptor.Services[0]);
    private FuzzedStore _store = null!;

    public override string Name => "ps-control";

    public override string Description => "gRPC of a ps process for the coordinator";

    public override bool IsOnOneThread => false;

    // A shard that is opened has what the process may reserve; Kestrel and the client have buffers.
    public override long MaxAllocation(byte[] input) => (2 * FuzzedStore.MemoryBytes) + 64_000_000 + (100L * input.Length);

    public override async Task StartAsync(CancellationToken cancellationToken) => _store = await FuzzedStore.StartAsync(cancellationToken);

    public override byte[] Generate(FuzzRandom random) => _inputs.Generate(random);

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
        => _store.UndisturbedAsync(() => TryAsync(input, cancellationToken));

    private async Task<bool> TryAsync(byte[] input, CancellationToken cancellationToken)
    {
        var (method, body, isWellFormed) = _inputs.Read(input);
        var before = await _store.StateAsync();
        var answer = await _store.Grpc.PostAsync($"{method.Service.FullName}/{method.Name}", _store.Addressed(body), Patience, cancellationToken);
        Promise.That(answer.IsEnded, "the answer does not end");
        Promise.That(IsDocumented(answer.Status, isWellFormed), $"{method.Name} answers {answer.Status}: {answer.Detail}");
        var after = await _store.StateAsync();
        Promise.That(answer.Status == StatusCode.OK || before == after, $"{method.Name} was refused with {answer.Status}, and {before} became {after}");
        if (answer.Status == StatusCode.OK && isWellFormed) RequireAllowed(GrpcInputs.Message(method, body), before, after);
        if (answer.Status == StatusCode.OK && (before != after || _store.IsCrowded)) await _store.ResetAsync();
        _store.RequireQuiet();
        return answer.Status == StatusCode.OK;
    }

    protected override ValueTask StopAsync() => _store is null ? ValueTask.CompletedTask : _store.DisposeAsync();

    private static void RequireAllowed(IMessage request, StoreState before, StoreState after)
    {
        Promise.That(MayChangeShards(request) || before == after, $"{request.Descriptor.Name} {request} changes nothing, and {before} became {after}");
        Promise.That(MayChangeWatched(request) || before.Watched == after.Watched,
            $"{request.Descriptor.Name} {request} is not about {before.Watched}, which became {after.Watched}");
    }

    // Of another job, only which ones are open is watched.
    private static bool MayChangeShards(IMessage request) =>
        MayChangeWatched(request) || request is V1.OpenRequest { Job: not FuzzedStore.Job } or V1.CloseRequest { Job: not FuzzedStore.Job };

    // A generation is opened by a higher number, and closed by its own or a higher one, whatever the random part; all else is for the one that is open.
    private static bool MayChangeWatched(IMessage request) => request switch
    {
        V1.OpenRequest { Job: FuzzedStore.Job } open => open.Generation.Counter > FuzzedStore.Open.Counter,
        V1.AdvanceRequest { Job: FuzzedStore.Job } advance => advance.Generation.ToGeneration() == FuzzedStore.Open,
        V1.WriteAgainRequest { Job: FuzzedStore.Job } again => again.Generation.ToGeneration() == FuzzedStore.Open,
        V1.CloseRequest { Job: FuzzedStore.Job } close => close.Generation.Counter >= FuzzedStore.Open.Counter,
        _ => false,
    };

    // What is no message at all is answered by gRPC itself.
    private static bool IsDocumented(StatusCode status, bool isWellFormed) =>
        status is StatusCode.OK or StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.ResourceExhausted or StatusCode.FailedPrecondition
        || (!isWellFormed && status is StatusCode.Internal or StatusCode.Unimplemented or StatusCode.Unknown);
}

/// <summary>Exchange streams of a real ps process: frames that are not admitted leave parameters, clocks and buffers as they were.</summary>
internal sealed class ExchangeTarget : Target
{
    private const string Method = "cluster.exchange.v1.Exchange/Exchange";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private FuzzedStore _store = null!;

    public override string Name => "exchange";

    public override string Description => "exchange streams of a ps process";

    public override bool IsOnOneThread => false;

    public override long MaxAllocation(byte[] input) => 64_000_000 + (100L * input.Length);

    public override async Task StartAsync(CancellationToken cancellationToken) => _store = await FuzzedStore.StartAsync(cancellationToken);

    public override byte[] Generate(FuzzRandom random) => FrameInputs.Generate(random, FuzzedStore.Job);

    public override ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
        => _store.UndisturbedAsync(() => TryAsync(input, cancellationToken));

    private async Task<bool> TryAsync(byte[] input, CancellationToken cancellationToken)
    {
        var before = await _store.StateAsync();
        var admitted = await _store.DetachedAsync();
        var answer = await _store.Grpc.PostAsync(Method, _store.Addressed(input), Patience, cancellationToken);
        Promise.That(answer.IsEnded, "the stream does not end with its body");
        Promise.That(IsDocumented(answer.Status, input), $"the stream ends with {answer.Status}: {answer.Detail}");
        var isAdmitted = await _store.DetachedAsync() > admitted;
        var after = await _store.StateAsync();
        var isDiverged = after.Watched.Contains("Diverged", StringComparison.Ordinal);
        Promise.That(isAdmitted || isDiverged || before == after, $"nothing was admitted, and {before} became {after}");
        if (before != after) await _store.ResetAsync();
        _store.RequireQuiet();
        return answer.Status == StatusCode.OK;
    }

    protected override ValueTask StopAsync() => _store is null ? ValueTask.CompletedTask : _store.DisposeAsync();

    private static bool IsDocumented(StatusCode status, byte[] body) =>
        status is StatusCode.OK or StatusCode.InvalidArgument or StatusCode.AlreadyExists or StatusCode.ResourceExhausted
        || (status is StatusCode.Internal or StatusCode.Unimplemented or StatusCode.Unknown && !IsWhole(body));

    private static bool IsWhole(byte[] body)
    {
        var bytes = 0;
        foreach (var message in FrameInputs.Split(body))
        {
            if (body[bytes] != 0) return false;
            bytes += FrameInputs.PrefixBytes + message.Length;
        }

        return bytes == body.Length;
    }
}
