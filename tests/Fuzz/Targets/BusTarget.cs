using System.Globalization;
using System.Net.Mime;
using System.Text;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Fuzz.Inputs;
using Cluster.Fuzz.Servers;
using Cluster.Protocol.Messages;
using Cluster.ServiceDefaults.Messaging;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.Fuzz.Targets;

/// <summary>Bodies of bus messages to the consumers of workers and coordinator in a cluster that works, many of them about a job that runs,
/// some about one that has ended.</summary>
/// <remarks>Whoever may write to the broker may fail a job; what must hold is that the cluster lives: after them a computation has its exact result, and what
/// had ended or was kept is what it was.</remarks>
internal sealed class BusTarget : Target
{
    private const string JobPlaceholder = "@job";
    private const string GenerationPlaceholder = "\"@generation\"";
    private const int ProofEvery = 500;
    private const int JobEvery = 100;
    private const long ProofPoints = 2_000;
    private const long ProofInside = 1_572;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);
    private static readonly string[] Queues = [QueueNames.WorkCpu, QueueNames.WorkGpu, QueueNames.Coordinator];

    private readonly IReadOnlyList<byte[]> _seeds = Corpus.Seeds("bus");
    private readonly JsonMutator _mutator = new();
    private readonly Arrivals _arrivals = new();
    private FuzzedCluster _cluster = null!;
    private string _job = "";
    private JobInfo _ended = null!;
    private long _inputs;

    public override string Name => "bus";

    public override string Description => "messages of the bus to workers and coordinator";

    public override TimeSpan Limit => TimeSpan.FromSeconds(90);

    public override bool IsOnOneThread => false;

    public override long MaxAllocation(byte[] input) => 400_000_000 + (1_000L * input.Length);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _cluster = await FuzzedCluster.StartAsync(cancellationToken);
        _cluster.Services.GetRequiredService<IBus>().ConnectReceiveObserver(_arrivals);
        _ended = await _cluster.Client.GetJobAsync(FuzzedCluster.EndedJob, cancellationToken);
    }

    public override byte[] Generate(FuzzRandom random)
    {
        var message = _mutator.Mutate(random.Pick(_seeds), _seeds, random);
        if (random.Once(6))
            message = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(message).Replace(JobPlaceholder, FuzzedCluster.EndedJob, StringComparison.Ordinal));
        return [(byte)random.Below(Queues.Length), .. message];
    }

    public override async ValueTask<bool> RunAsync(byte[] input, CancellationToken cancellationToken)
    {
        var job = await RunningJobAsync(cancellationToken);
        var text = Encoding.UTF8.GetString(input.AsSpan(Math.Min(1, input.Length)));
        var about = text.Contains(FuzzedCluster.EndedJob, StringComparison.Ordinal) ? _ended : job;
        text = text.Replace(JobPlaceholder, job.Id, StringComparison.Ordinal).Replace(GenerationPlaceholder, GenerationOf(about), StringComparison.Ordinal);
        var arrival = _arrivals.NextAsync();
        var endpoint = await _cluster.Services.GetRequiredService<IBus>()
            .GetSendEndpoint(WorkQueues.Address(Queues[input.Length == 0 ? 0 : input[0] % Queues.Length]));
        await endpoint.Send(new RangesMerged { JobId = "", Generation = default },
            Pipe.Execute<SendContext<RangesMerged>>(context => context.Serializer = new RawSerializer(Encoding.UTF8.GetBytes(text))), cancellationToken);
        // An item may work for as long as its job runs; the next input does not wait for that.
        await Task.WhenAny(arrival, Task.Delay(Moment, cancellationToken));
        var isTaken = !arrival.IsCompleted || await arrival;
        _cluster.RequireQuiet();
        return isTaken;
    }

    protected override async ValueTask StopAsync()
    {
        if (_cluster is null) return;
        await using var cluster = _cluster;
        using var limit = new CancellationTokenSource(Patience);
        await cluster.RequireBaseAsync();
        await ProveAsync(limit.Token);
    }

    /// <summary>A job that messages may be about: a computation that waits for a GPU, or one that trains. Another one after a while,
    /// so that items which work for it end.</summary>
    private async Task<JobInfo> RunningJobAsync(CancellationToken cancellationToken)
    {
        var isDue = _inputs++ % JobEvery == 0;
        if (_job.Length > 0 && !isDue && await _cluster.Client.GetJobAsync(_job, cancellationToken) is { State: JobState.Pending or JobState.Running } running)
            return running;
        if (_job.Length > 0)
        {
            await _cluster.RequireBaseAsync();
            await _cluster.RestoreAsync(cancellationToken);
        }

        if (_inputs % ProofEvery == 1) await ProveAsync(cancellationToken);
        var submitted = _inputs / JobEvery % 4 == 3
            ? await _cluster.Client.SubmitAsync(
            new TrainingSpec { Lanes = 1, Batch = 5, Epochs = TrainingSpec.MaxEpochs, LearningRate = 0.001f, Optimizer = TrainingNames.Sgd },
            cancellationToken: cancellationToken)
            : await _cluster.Client.SubmitAsync(new PiSpec { Points = 2_000_000, Seed = 42, Device = "/gpu:0" }, cancellationToken: cancellationToken);
        _job = submitted.Id;
        return submitted;
    }

    private async Task ProveAsync(CancellationToken cancellationToken)
    {
        var pi = await _cluster.Client.RunPiAsync(new PiSpec { Points = ProofPoints, Seed = 42 }, cancellationToken: cancellationToken)
            .WaitAsync(Patience, cancellationToken);
        Promise.That(pi.Inside == ProofInside, $"a computation gives {pi.Inside} and not {ProofInside}");
    }

    private static string GenerationOf(JobInfo job)
    {
        var generation = Protocol.Segments.Generation.Parse(job.Generation);
        return string.Create(CultureInfo.InvariantCulture, $"{{\"counter\":{generation.Counter},\"random\":{generation.Random}}}");
    }

    /// <summary>Sends bytes as if they were a message.</summary>
    private sealed class RawSerializer(byte[] bytes) : IMessageSerializer
    {
        public ContentType ContentType { get; } = new("application/vnd.masstransit+json");

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new BytesMessageBody(bytes);
    }

    /// <summary>Tells when a message has been dealt with.</summary>
    private sealed class Arrivals : IReceiveObserver
    {
        private volatile TaskCompletionSource<bool> _next = new();

        public Task<bool> NextAsync() => (_next = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

        public Task PostReceive(ReceiveContext context) => Told(isTaken: true);

        public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
            where T : class => Task.CompletedTask;

        public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
            where T : class => Told(isTaken: false);

        public Task ReceiveFault(ReceiveContext context, Exception exception) => Told(isTaken: false);

        private Task Told(bool isTaken)
        {
            _next.TrySetResult(isTaken);
            return Task.CompletedTask;
        }
    }
}
