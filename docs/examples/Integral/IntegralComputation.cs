using System.Text.Json;
using Cluster.Compute.Computations;
using Cluster.Compute.Philox;

namespace Cluster.Integral;

/// <summary>
/// Monte Carlo integral of x₁² + … + x_d² over the unit cube, which is d/3. Arguments: <c>{"dimensions": 1 to 4, "seed": S}</c>.
/// Index i is one random point, from Philox block i: the same point on any worker, so the result has the same bits anywhere.
/// </summary>
internal sealed class IntegralComputation : Computation<IntegralArguments, IntegralSum>
{
    private const double UnitOfWord = 1.0 / (1L << 32);

    public override string Name => "integral";

    protected override IntegralArguments ReadArguments(JsonElement arguments)
    {
        var read = arguments.Deserialize<IntegralArguments>(JsonSerializerOptions.Web)!;
        return read.Dimensions is >= 1 and <= 4
            ? read
            : throw new ArgumentException($"dimensions: {read.Dimensions}: must be from 1 to 4");
    }

    // A pure function of arguments and range: called for each grain, on any worker, perhaps more than once.
    protected override IntegralSum Compute(IntegralArguments arguments, IndexRange range, CancellationToken cancellationToken)
    {
        var (sum, squares) = (0.0, 0.0);
        for (var i = range.From; i < range.To; i++)
        {
            var value = Value(arguments, i);
            sum += value;
            squares += value * value;
        }

        return new IntegralSum(sum, squares);
    }

    // Two neighbours, in order, along a tree that hangs on the grains alone.
    protected override IntegralSum Merge(IntegralSum left, IntegralSum right) => new(left.Sum + right.Sum, left.Squares + right.Squares);

    protected override JsonElement Result(IntegralArguments arguments, GrainSpace space, IntegralSum total)
    {
        var mean = total.Sum / space.IndexCount;
        var variance = (total.Squares / space.IndexCount) - (mean * mean);
        return JsonSerializer.SerializeToElement(new { integral = mean, standardError = Math.Sqrt(variance / space.IndexCount) });
    }

    private static double Value(IntegralArguments arguments, long index)
    {
        var words = Philox4x32.Block((ulong)index, arguments.Seed);
        ReadOnlySpan<uint> coordinates = [words.W0, words.W1, words.W2, words.W3];
        var value = 0.0;
        foreach (var word in coordinates[..arguments.Dimensions])
        {
            var x = word * UnitOfWord;
            value += x * x;
        }

        return value;
    }
}

/// <summary>What a job gives.</summary>
internal sealed record IntegralArguments(int Dimensions, ulong Seed);

/// <summary>A partial result: fields of fixed size, no padding.</summary>
internal readonly record struct IntegralSum(double Sum, double Squares);
