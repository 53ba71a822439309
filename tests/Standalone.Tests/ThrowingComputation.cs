using System.Text.Json;
using Cluster.Compute.Computations;

namespace Cluster.Standalone.Tests;

/// <summary>Counts indices and throws: always, never, once, or for its arguments.</summary>
public sealed class ThrowingComputation : Computation<string, long>
{
    private int _thrown;

    public override string Name => "throwing";

    protected override string ReadArguments(JsonElement arguments) => arguments.GetProperty("throws").GetString() switch
    {
        "bad" => throw new ArgumentException("Argument 'throws' is bad: always, never or once is needed."),
        { } text => text,
        null => "never",
    };

    protected override long Compute(string arguments, IndexRange range, CancellationToken cancellationToken)
        => arguments == "always" || (arguments == "once" && Interlocked.Exchange(ref _thrown, 1) == 0)
            ? throw new InvalidDataException("planted")
            : range.To - range.From;

    protected override long Merge(long left, long right) => left + right;

    protected override JsonElement Result(string arguments, GrainSpace space, long total) => JsonSerializer.SerializeToElement(new { total });
}
