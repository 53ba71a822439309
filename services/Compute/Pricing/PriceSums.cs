namespace Cluster.Compute.Pricing;

/// <summary>Sums over paths of what a path pays less what the path of zero normals pays, and of its square.</summary>
public readonly record struct PriceSums(double Deviations, double Squares)
{
    public static PriceSums operator +(PriceSums left, PriceSums right) =>
        new(left.Deviations + right.Deviations, left.Squares + right.Squares);
}
