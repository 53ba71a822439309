using System.Runtime.InteropServices;
using Cluster.Contracts.Jobs;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Models.Dense;
using Cluster.Models.Linear;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using StackExchange.Redis;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Worker.Tests.Training.Cluster;

/// <summary>A job on the example of a line, and what a coordinator does for it, one step after the other.</summary>
internal sealed class TestJob(TrainingCluster cluster, TrainingSpec spec, int stores, CancellationToken cancellationToken)
{
    public const string Owner = "1.a";
    public static readonly CoordinatorToken Token = new(1, 10);

    private readonly IModel _model = ModelOf(spec);
    private CommitManifest? _manifest;

    public string Id { get; } = $"train-{Guid.NewGuid():N}"[..14];

    public TrainingSpec Spec => spec;

    public Generation Generation { get; private set; }

    public IModel Model => _model;

    public DataSet Data { get; } = LineExample.Create(spec.Seed);

    public TrainingPlan Plan { get; } = new()
    {
        Spec = spec,
        Rows = LineExample.Rows,
        Features = 1,
        Offsets = [.. Enumerable.Range(0, stores + 1).Select(task => ModelOf(spec).Layout.Length * task / stores)],
        Streams = 8,
        Slots = spec.Optimizer == TrainingNames.Adagrad ? 1 : 0,
        Tensors = [.. ModelOf(spec).Layout.Tensors.Select(tensor => new PlannedTensor(tensor.Name, tensor.Shape, tensor.Offset, tensor.Length))],
    };

    public long TotalClocks => Plan.Schedule().TotalClocks;

    public async Task SubmitAsync()
    {
        await cluster.Redis.GetDatabase().HashSetAsync(JobKeys.Record(Id), [new HashEntry("state", "running"), new HashEntry("owner", Owner)]);
        Assert.Equal(TrainingAnswer.Done, await cluster.Training.PlanAsync(Id, Owner, Plan, []));
        await StartGenerationAsync(new Generation(1, 7));
    }

    /// <summary>Submits the job and opens it on the ps tasks.</summary>
    public async Task<TestJob> StartAsync()
    {
        await SubmitAsync();
        await OpenAsync();
        return this;
    }

    public async Task StartGenerationAsync(Generation next)
    {
        ulong[] incarnations = [.. await Task.WhenAll(Enumerable.Range(0, stores).Select(async task => (await ReportAsync(task)).Incarnation))];
        Assert.Equal(TrainingAnswer.Done, await cluster.Training.StartGenerationAsync(
            Id, Owner, new GenerationRequest(Token, Generation, next, incarnations)));
        Generation = next;
    }

    public async Task OpenAsync()
    {
        for (var task = 0; task < stores; task++)
        {
            await cluster.Control.OpenAsync(new V1.OpenRequest
            {
                Job = Id,
                Task = task,
                Generation = Generation.ToMessage(),
                Shard = Settings(task),
                Committed = _manifest?.Snapshots[task].ToMessage(),
            }, cancellationToken: cancellationToken);
            await UntilAsync(task, report => report.Phase == V1.Phase.Serving);
        }
    }

    public async Task AdvanceAsync(Segment segment)
    {
        for (var task = 0; task < stores; task++)
        {
            await cluster.Control.AdvanceAsync(new V1.AdvanceRequest
            {
                Job = Id,
                Task = task,
                Generation = Generation.ToMessage(),
                Committed = _manifest?.Clock ?? 0,
                Segment = segment.ToMessage(),
            }, cancellationToken: cancellationToken);
        }
    }

    /// <summary>Ends the open segment as early as every ps task can.</summary>
    /// <returns>Where it ends.</returns>
    public async Task<long> EndSoonAsync()
    {
        var open = (await ReportAsync(0)).Segment;
        var wanted = new Segment(open.From, open.From + 1);
        while (true)
        {
            await AdvanceAsync(wanted);
            long[] ends = [.. (await Task.WhenAll(Enumerable.Range(0, stores).Select(ReportAsync))).Select(report => report.Segment.To)];
            if (ends.Distinct().Count() == 1) return ends[0];
            wanted = wanted with { To = ends.Max() };
        }
    }

    /// <summary>The items of a segment for some workers, as the coordinator deals lanes.</summary>
    public IReadOnlyList<TrainSegment> Items(Segment segment, int workers) =>
        [.. LaneDealing.Deal(LaneSet.Of(new LaneBlock(0, spec.Lanes)), workers)
        .Select(lanes => TrainSegment.Of(Id, new SegmentItem(Generation, segment, lanes), "/cpu:*"))];

    public async Task CommitAsync(long clock)
    {
        var snapshots = new List<SnapshotKey>();
        long examples = 0;
        for (var task = 0; task < stores; task++)
        {
            var report = await UntilAsync(task, report => report.SnapshotWritten && report.SnapshotClock == clock);
            snapshots.Add(new SnapshotKey(Id, task, Generation, report.Incarnation, clock));
            examples = report.SnapshotExamples;
        }

        var next = new CommitManifest { Generation = Generation, Clock = clock, Examples = examples, Snapshots = snapshots, Previous = [], Expired = [] };
        Assert.Equal(FlipResult.Flipped, await cluster.Training.FlipAsync(Id, Owner, new FlipRequest(Token, _manifest?.Id, next), Plan));
        _manifest = next;
    }

    /// <summary>Trains a segment on these workers, each of which must reach its end, and commits it.</summary>
    public async Task<SegmentReached[]> TrainAsync(TestWorker[] team, Segment segment)
    {
        await AdvanceAsync(segment);
        var items = Items(segment, team.Length);
        var told = await Task.WhenAll(items.Select((item, i) => team[i].RunAsync(item, cancellationToken)))
            .WaitAsync(TrainingCluster.Limit, cancellationToken);
        await CommitAsync(segment.To);
        return [.. told.Select(Assert.IsType<SegmentReached>)];
    }

    /// <summary>Failures and losses that are noted of batches and items.</summary>
    public Task<HashEntry[]> BlameAsync() => cluster.Redis.GetDatabase().HashGetAllAsync(TrainingKeys.Blame(Id));

    /// <summary>The item that asks for all figures of a commit.</summary>
    public EvaluateModel Evaluation(long clock) => new()
    {
        JobId = Id,
        Generation = Generation,
        Clock = clock,
        From = 0,
        To = Plan.Rows,
        WithParameters = true,
    };

    /// <summary>Evaluates the last commit on a worker.</summary>
    public async Task<EvaluatedRange> ResultAsync(TestWorker worker)
    {
        var item = Evaluation(_manifest!.Clock);
        var told = await worker.EvaluateAsync(item, cancellationToken);
        Assert.Equal(new ModelEvaluated { JobId = Id, Item = item, Device = worker.Slot.FullName.ToString() }, Assert.IsType<ModelEvaluated>(told));
        return Assert.Single(await cluster.Training.RangesAsync(Id, [item]))!;
    }

    /// <summary>Asks for reports until one is as expected.</summary>
    public async Task<V1.ShardReport> UntilAsync(int task, Func<V1.ShardReport, bool> isExpected)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TrainingCluster.Limit);
        while (true)
        {
            var report = await ReportAsync(task);
            if (isExpected(report)) return report;
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
        }
    }

    public async Task<V1.ShardReport> ReportAsync(int task) =>
        await cluster.Control.ReportAsync(new V1.ReportRequest { Job = Id, Task = task }, cancellationToken: cancellationToken);

    private static IModel ModelOf(TrainingSpec spec) => spec.Model == TrainingNames.Mlp
        ? new PerceptronFactory().Create(spec, features: 1, LineExample.Rows)
        : new LinearRegression(1, LinearRegression.ExampleWeight, LinearRegression.ExampleBias);

    private V1.Shard Settings(int task)
    {
        var initial = new float[Plan.Length(task)];
        _model.Initialise(spec.Seed, Plan.Offsets[task], initial);
        var rule = new V1.Optimizer { LearningRate = spec.LearningRate, Scale = V1.GradientScale.Mean };
        if (Plan.Slots == 1) rule.Adagrad = new V1.Adagrad { InitialAccumulator = spec.InitialAccumulator };
        else rule.Sgd = new V1.Sgd();
        return new V1.Shard
        {
            Lanes = spec.Lanes,
            Length = Plan.Length(task),
            Offset = Plan.Offsets[task],
            Streams = Plan.Streams,
            Mode = Plan.IsAsync ? V1.Mode.Asynchronous : V1.Mode.Synchronous,
            Optimizer = rule,
            Initial = new V1.Initial { Values = Google.Protobuf.ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(initial)) },
        };
    }
}
