using System.Diagnostics;
using Cluster.Client;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator;
using Cluster.ServiceDefaults.Telemetry;
using Cluster.Standalone.Embedded;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace Cluster.Standalone.Tests.Telemetry;

/// <summary>What a cluster traces, from the client to the ps tasks. Alone, since spans of any cluster of the process are recorded.</summary>
[CollectionDefinition(nameof(TracingTests), DisableParallelization = true)]
[Collection(nameof(TracingTests))]
public sealed class TracingTests : IAsyncLifetime
{
    private const int Workers = 3;

    // As the operator is told.
    private const int MaxItems = 100;

    private readonly RecordedSpans _spans = new();
    private EmbeddedCluster _cluster = null!;
    private ClusterClient _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Workers = Workers, ParameterStores = 2, Configure = Configure }, Ct);
        _client = ClusterClient.Connect(_cluster.Connection);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
        _spans.Dispose();
    }

    [Fact(Timeout = 300_000)]
    public async Task Idle_WithListsAndAWatchOfNothing_MakesNoSpan()
    {
        for (var i = 0; i < 5; i++)
        {
            await _client.ListTasksAsync(TestContext.Current.CancellationToken);
            await _client.ListJobsAsync(cancellationToken: TestContext.Current.CancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        }

        Assert.Empty(_spans.All);
    }

    [Fact(Timeout = 300_000)]
    public async Task RunPi_ShortJob_IsOneTraceFromTheCallToTheEnd()
    {
        await _client.RunPiAsync(new PiSpec { Points = 1 << 22, Seed = 3 }, cancellationToken: TestContext.Current.CancellationToken);

        await UntilPathAsync("range.record", "range compute", "ranges publish", "job pi", "job submit");
        await UntilPathAsync("range.record-total", "merge publish", "job pi");
        await UntilPathAsync("job.transition", "job end", "job pi");
        await UntilWholeAsync();
        Assert.Equal("job submit", Assert.Single(_spans.All, span => span.ParentSpanId == default).OperationName);
    }

    [Fact(Timeout = 300_000)]
    public async Task Train_ShortJob_IsOneTraceFromTheCallToTheEnd()
    {
        await _client.TrainAsync(new TrainingSpec { Lanes = 4, Epochs = 2, LearningRate = 0.01f }, cancellationToken: TestContext.Current.CancellationToken);

        await UntilPathAsync("segment train", "segment publish", "job training", "job submit");
        await UntilPathAsync("shard load", "shard open", "job training");
        await UntilPathAsync("snapshot write", "segment advance", "job training");
        await UntilPathAsync("training.flip", "commit", "job training");
        await UntilPathAsync("training.evaluated-range", "model evaluate", "evaluation publish", "job training");
        await UntilPathAsync("job.transition", "job end", "job training");
        await UntilWholeAsync();
        Assert.Equal("job submit", Assert.Single(_spans.All, span => span.ParentSpanId == default).OperationName);
    }

    [Fact(Timeout = 300_000)]
    public async Task Train_LongJob_TracesItsFirstItemsAndThenOneStretchAMinute()
    {
        var started = Stopwatch.GetTimestamp();
        var job = await _client.SubmitAsync(new TrainingSpec { Lanes = 4, Epochs = 100_000, LearningRate = 0.001f },
            cancellationToken: TestContext.Current.CancellationToken);
        await foreach (var update in _client.WatchAsync(job.Id, TestContext.Current.CancellationToken))
        {
            if (update.Job.Training is { Commits: > 2 * MaxItems }) break;
        }

        await _client.CancelAsync(job.Id, cancellationToken: TestContext.Current.CancellationToken);
        var minutes = (int)Stopwatch.GetElapsedTime(started).TotalMinutes;

        var own = _spans.Of((await UntilEndedAsync("job training")).TraceId);
        // The last stretch may end beyond them, and an item go out again.
        Assert.InRange(own.Count(span => span.OperationName == "segment train"), MaxItems / 2, MaxItems + (2 * Workers));
        Assert.Contains(own, span => span.OperationName == "job end");
        Assert.InRange(own.Count, MaxItems, 20 * MaxItems);
        var others = _spans.All.Where(span => span.TraceId != own[0].TraceId && span.ParentSpanId == default && span.OperationName != "job cancel").ToArray();
        Assert.InRange(others.Length, 1, minutes + 1);
        Assert.All(others, root => Assert.Equal(own[0].TraceId, Assert.Single(root.Links).Context.TraceId));
    }

    private void Configure(IServiceCollection services)
    {
        services.AddOpenTelemetry().WithTracing(tracing => tracing.AddClusterTraces().AddProcessor(_spans));
        services.Configure<CoordinatorOptions>(options => options.SegmentDuration = options.LongestSegment = TimeSpan.FromMilliseconds(10));
    }

    private async Task<Activity> UntilEndedAsync(string name)
    {
        while (true)
        {
            if (_spans.All.FirstOrDefault(span => span.OperationName == name) is { } found) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(10), Ct);
        }
    }

    // What is done is seen before its span has ended. The limit is the test's own.
    private async Task UntilWholeAsync()
    {
        while (true)
        {
            var spans = _spans.All.Select(span => span.SpanId).ToHashSet();
            if (_spans.All.All(span => span.ParentSpanId == default || spans.Contains(span.ParentSpanId))) return;
            await Task.Delay(TimeSpan.FromMilliseconds(10), Ct);
        }
    }

    private async Task UntilPathAsync(string name, params string[] ancestors)
    {
        while (true)
        {
            var spans = _spans.All.ToDictionary(span => span.SpanId);
            if (spans.Values.Any(span => span.OperationName == name && Above(spans, span).Where(ancestors.Contains).SequenceEqual(ancestors))) return;
            await Task.Delay(TimeSpan.FromMilliseconds(10), Ct);
        }
    }

    private static IEnumerable<string> Above(Dictionary<ActivitySpanId, Activity> spans, Activity span)
    {
        while (spans.TryGetValue(span.ParentSpanId, out var parent)) yield return (span = parent).OperationName;
    }
}
