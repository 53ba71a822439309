namespace Cluster.Models.Data.Synthetic;

/// <summary>Sine and cosine of angles from -π/2 to π/2 by their Taylor series: +, × and ÷ only, so the same bits everywhere.</summary>
internal static class HalfCircle
{
    private const int Terms = 13;

    /// <param name="part">From -½ to ½: the angle is π times it.</param>
    public static (double Sine, double Cosine) At(double part)
    {
        var angle = Math.PI * part;
        var square = angle * angle;
        double sine = 1, cosine = 1;
        for (var k = Terms; k >= 1; k--)
        {
            sine = 1 - (square / (2.0 * k * ((2 * k) + 1)) * sine);
            cosine = 1 - (square / (2.0 * k * ((2 * k) - 1)) * cosine);
        }

        return (angle * sine, cosine);
    }
}
