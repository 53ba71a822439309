using Cluster.Cli.Output;
using Cluster.Client.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Cli.Tests.Output;

public sealed class PartialResultLinesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Next_FewResults_ShowsThemAll()
    {
        var lines = new PartialResultLines(_time);

        Assert.Equal(
            ["partial result from /job:worker/task:0: w 1.98, b 0.21", "partial result from /job:worker/task:1: w 0.0012, b 0.00"],
            lines.Next([Result(0, 1.98f, 0.21f), Result(1, 0.0012f, 0)]));
        Assert.Empty(lines.Next([]));
    }

    [Fact]
    public void Next_ManyResults_ShowsAFewASecondAndTheNewestOfEachWorker()
    {
        var lines = new PartialResultLines(_time);

        var shown = new List<string>();
        for (var tick = 0; tick < 100; tick++)
        {
            shown.AddRange(lines.Next([Result(0, tick, 0)]));
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(shown.Count, 30, 10 * PartialResultLines.Limit);
        Assert.Equal(shown.Count, shown.Distinct().Count());
    }

    [Fact]
    public void Next_MoreWorkersThanLines_ShowsEachInItsTurn()
    {
        var lines = new PartialResultLines(_time);
        var results = Enumerable.Range(0, 3 * PartialResultLines.Limit).Select(t => Result(t, 1, 0)).ToList();

        var shown = new List<string>();
        for (var second = 0; second < 3; second++)
        {
            shown.AddRange(lines.Next(results));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(results.Select(r => r.Task).Order(), shown.Select(l => l.Split("from ")[1].Split(": ")[0]).Order());
    }

    [Fact]
    public void Next_LargeModel_ShowsAFewValuesOfAFewTensors()
    {
        var values = Enumerable.Repeat(1.5f, 784).ToList();
        var result = new PartialResult("/job:worker/task:0", 1, [.. "abcdef".Select(c => new NamedTensor($"{c}", values))]);

        var line = Assert.Single(new PartialResultLines(_time).Next([result]));

        Assert.StartsWith("partial result from /job:worker/task:0: a [1.50, 1.50, 1.50, 1.50, …] (784 values), b [", line, StringComparison.Ordinal);
        Assert.EndsWith("(784 values), …", line, StringComparison.Ordinal);
        Assert.DoesNotContain(" e [", line, StringComparison.Ordinal);
    }

    private static PartialResult Result(int task, float weight, float bias)
        => new($"/job:worker/task:{task}", 1, [new NamedTensor("w", [weight]), new NamedTensor("b", [bias])]);
}
