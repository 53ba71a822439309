using System.Text.Json;
using Cluster.Compute.Computations;

namespace Cluster.Worker.Tests.Ranges;

/// <summary>Counts indices; what it does beside is the test's.</summary>
internal sealed class Counting(Action<IndexRange, CancellationToken> compute, Action? result = null) : Computation<int, long>
{
    public override string Name => "counting";

    protected override int ReadArguments(JsonElement arguments)
        => arguments.TryGetProperty("limit", out var limit) && limit.GetInt32() > 10
            ? throw new ArgumentException($"limit: {limit}: must be at most 10")
            : 0;

    protected override long Compute(int arguments, IndexRange range, CancellationToken cancellationToken)
    {
        compute(range, cancellationToken);
        return range.To - range.From;
    }

    protected override long Merge(long left, long right) => left + right;

    protected override JsonElement Result(int arguments, GrainSpace space, long total)
    {
        result?.Invoke();
        return JsonSerializer.SerializeToElement(new { count = total });
    }
}
