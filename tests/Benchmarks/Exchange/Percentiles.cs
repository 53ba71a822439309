namespace Cluster.Benchmarks.Exchange;

/// <summary>Measured times in order.</summary>
internal sealed class Percentiles(IEnumerable<double> times)
{
    private readonly double[] _sorted = [.. times.Order()];

    public int Count => _sorted.Length;

    public double P5 => At(5);

    public double P50 => At(50);

    public double P99 => At(99);

    public double Max => _sorted[^1];

    private double At(int percent) => _sorted[_sorted.Length * percent / 100];
}
