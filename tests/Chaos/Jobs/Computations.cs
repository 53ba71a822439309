using Cluster.Client.Jobs;
using Cluster.Compute.Tests.Pricing;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd;

namespace Cluster.Chaos.Jobs;

/// <summary>Computations whose results are known exactly.</summary>
internal sealed class Computations(Random random)
{
    private const int Sizes = 3;
    private const double Deviations = 6;

    private static readonly PriceSpec Price = new() { Spot = 100, Strike = 105, Rate = 0.03, Volatility = 0.2, Maturity = 1, Paths = 20_000_000, Seed = 11 };

    // The first one sets it, others must have the same bits.
    private double? _price;

    public MixedJob Next() => random.Next(4) == 0 ? Pricing() : Pi();

    private MixedJob Pi()
    {
        // Few different ones, as the oracle counts them on the machine's own cores.
        var spec = new PiSpec { Points = 150_000_000L * random.Next(1, Sizes + 1), Seed = 7 };
        return new MixedJob($"pi {spec.Points}", (client, key, ct) => client.SubmitAsync(spec, key, ct), Check);

        IEnumerable<string> Check(JobInfo job)
        {
            if (job.State != JobState.Succeeded)
                yield return $"{job.State} {job.Error}";
            else if (PiResult.FromJob(job).Inside != PiOracle.ByKernel(spec.Points, spec.Seed))
                yield return $"{PiResult.FromJob(job).Inside} points inside, not {PiOracle.ByKernel(spec.Points, spec.Seed)}";
        }
    }

    private MixedJob Pricing()
    {
        return new MixedJob("price", (client, key, ct) => client.SubmitAsync(Price, key, ct), Check);

        IEnumerable<string> Check(JobInfo job)
        {
            if (job.State != JobState.Succeeded)
            {
                yield return $"{job.State} {job.Error}";
                yield break;
            }

            var result = PriceResult.FromJob(job);
            var exact = BlackScholes.Price(isCall: true, Price.Spot, Price.Strike, Price.Rate, Price.DividendYield, Price.Volatility, Price.Maturity);
            if (result.StandardError is not { } error) yield return $"no standard error: {string.Join("; ", result.Warnings)}";
            else if (Math.Abs(result.Price - exact) > Deviations * error) yield return $"price {result.Price}, in closed form {exact}";
            _price ??= result.Price;
            if (!_price.Value.Equals(result.Price)) yield return $"price {result.Price:R}, and {_price:R} before";
        }
    }
}
