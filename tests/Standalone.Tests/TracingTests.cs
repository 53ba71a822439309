using System.Collections.Concurrent;
using System.Diagnostics;
using Cluster.Contracts.Jobs;

namespace Cluster.Standalone.Tests;

public sealed class TracingTests(EmbeddedFixture embedded) : IClassFixture<EmbeddedFixture>
{
    [Fact(Timeout = 300_000)]
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

        // The result is there before the span of the script that wrote it has ended. The limit is the test's own.
        string[] expected = ["ranges publish", "range.begin", "range.record", "range.record-total"];
        while (expected.Except(spans.Where(s => s.TraceId == trace).Select(s => s.OperationName)).Any())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
    }
}
