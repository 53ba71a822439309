using System.Collections.Concurrent;
using System.Diagnostics;
using Cluster.Contracts.Jobs;

namespace Cluster.Standalone.Tests;

public sealed class TracingTests(EmbeddedFixture embedded) : IClassFixture<EmbeddedFixture>
{
    [Fact(Timeout = 60_000)]
    public async Task RunPi_ShortJob_IsOneTraceFromTheCallToTheRecord()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Cluster.", StringComparison.Ordinal) || source.Name is "MassTransit" or "Microsoft.AspNetCore" or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");

        ActivityTraceId trace;
        using (var root = source.StartActivity("submission")!)
        {
            trace = root.TraceId;
            await embedded.Client.RunPiAsync(new PiSpec { Points = 1 << 22, Seed = 3 }, cancellationToken: TestContext.Current.CancellationToken);
        }

        var names = spans.Where(s => s.TraceId == trace).Select(s => s.OperationName).ToHashSet();
        Assert.Contains("ranges publish", names);
        Assert.Contains("range.begin", names);
        Assert.Contains("range.record", names);
        Assert.Contains("range.record-total", names);
    }
}
