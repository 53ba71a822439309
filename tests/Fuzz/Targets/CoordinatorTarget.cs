using Cluster.Contracts.Checkpoints.V1;
using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs.V1;
using Cluster.Contracts.Predictions.V1;
using Cluster.Contracts.Registry.V1;
using Cluster.Fuzz.Inputs;
using Cluster.Fuzz.Servers;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Cluster.Fuzz.Targets;

/// <summary>Every method of a real coordinator, in a cluster that works: a call that is refused or that only reads leaves what is stored as it was.</summary>
internal sealed class CoordinatorTarget : Target
{
    private const int MaxTries = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WatchPatience = TimeSpan.FromMilliseconds(20);

    // No service has a method of such a name that writes.
    private static readonly HashSet<string> Reading = new(StringComparer.Ordinal)
    {
        "Get", "List", "Describe", "Watch", "Read", "ListTasks", "GetClusterSpec", "Export", "Predict",
    };

    private readonly GrpcInputs _inputs = new(
        "coordinator", JobsReflection.Descriptor.Services[0], SummariesReflection.Descriptor.Services[0], RegistryReflection.Descriptor.Services[0],
        DataReflection.Descriptor.Services[0], CheckpointsReflection.Descriptor.Services[0], PredictionsReflection.Descriptor.Services[0]);

    private FuzzedCluster _cluster = null!;

    public override string Name => "coordinator";

    public override string Description => "gRPC of a coordinator for clients";

    public override TimeSpan Limit => TimeSpan.FromSeconds(60);

    public override bool IsOnOneThread => false;

    // Workers and ps tasks go on beside it; a model may take what the ps process may reserve.
    public override long MaxAllocation(byte[] input) => (2 * FuzzedStore.MemoryBytes) + 300_000_000 + (1_000L * input.Length);

    public override async System.Threading.Tasks.Task StartAsync(CancellationToken cancellationToken)
        => _cluster = await FuzzedCluster.StartAsync(cancellationToken);

    public override byte[] Generate(FuzzRandom random) => _inputs.Generate(random);

    public override async ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        var (method, body, isWellFormed) = _inputs.Read(input);
        var answer = await CallAsync(method, body, cancellationToken);
        Promise.That(answer.IsEnded || method.Name == "Watch", "the answer does not end");
        Promise.That(IsDocumented(answer.Status, isWellFormed), $"{method.Name} answers {answer.Status}: {answer.Detail}");
        var difference = await _cluster.DifferenceAsync();
        if (difference.Length > 0)
        {
            await _cluster.RestoreAsync(cancellationToken);
            Promise.That(answer.Status == StatusCode.OK, $"{method.Name} was refused with {answer.Status}, and {difference}");
            Promise.That(!Reading.Contains(method.Name), $"{method.FullName} only reads, and {difference}");
        }

        _cluster.RequireQuiet();
        return answer.Status == StatusCode.OK;
    }

    // On a machine so busy that a lease runs out there is no chief for a while, which says so.
    private async Task<RawAnswer> CallAsync(MethodDescriptor method, byte[] body, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await _cluster.Grpc.PostAsync($"{method.Service.FullName}/{method.Name}", body,
                method.Name == "Watch" ? WatchPatience : Patience, cancellationToken);
            if (answer.Status != StatusCode.Unavailable || tries == MaxTries) return answer;
            await System.Threading.Tasks.Task.Delay(100, cancellationToken);
        }
    }

    protected override ValueTask StopAsync() => _cluster is null ? ValueTask.CompletedTask : _cluster.DisposeAsync();

    private static bool IsDocumented(StatusCode status, bool isWellFormed) =>
        status is StatusCode.OK or StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.ResourceExhausted or StatusCode.FailedPrecondition
        or StatusCode.AlreadyExists or StatusCode.DataLoss
        || (!isWellFormed && status is StatusCode.Internal or StatusCode.Unimplemented or StatusCode.Unknown or StatusCode.Cancelled);
}
