namespace Cluster.Compute.Pricing;

/// <summary>Sums over paths of what a path pays less what the path of zero normals pays, and of its square; and how many pay
/// more than 0.</summary>
public readonly record struct PriceSums(double Deviations, double Squares, long Paying)
{
    public static PriceSums operator +(PriceSums left, PriceSums right) =>
        new(left.Deviations + right.Deviations, left.Squares + right.Squares, left.Paying + right.Paying);
}
