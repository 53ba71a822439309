using System.Diagnostics;
using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;

namespace Cluster.SelfTest;

/// <summary>Times of the kernels that matter, beside what the device could do at most.</summary>
internal static class Timings
{
    private const int Repetitions = 7;
    private const int Floats = 1 << 24;
    private const int Side = 1024;

    public static IReadOnlyList<Timing> Measure(IDevice device, CudaLimits? limits)
    {
        using var stream = device.OpenStream();
        using var a = stream.Rent(Floats);
        using var b = stream.Rent(Floats);
        var host = new float[Floats];
        stream.Fill(a, 1);
        stream.Fill(b, 1);
        var product = new MatMulShape(Side, Side, Side);
        var counts = new ulong[64];
        var sums = new Compute.Pricing.PriceSums[64];
        const double bytes = sizeof(float) * (double)Floats;
        return
        [
            Time("upload, 64 MiB", bytes, "B", null, () => stream.Upload(host, a)),
            Time("download, 64 MiB", bytes, "B", null, () => stream.Download(a, host)),
            Time("copy, 64 MiB", 2 * bytes, "B", limits?.BytesPerSecond, () => stream.Copy(a, b)),
            Time("add scaled, 2^24 elements", 3 * bytes, "B", limits?.BytesPerSecond, () => stream.AddScaled(a, 0, b)),
            Time("reduce sum, 2^24 elements", bytes, "B", limits?.BytesPerSecond, () => stream.ReduceSum(a, b.Slice(0, 1))),
            Time(
                "matmul, 1024 x 1024 x 1024", 2.0 * Side * Side * Side, "flop", limits?.FlopsPerSecond,
                () => stream.MatMul(in product, a.Slice(0, Side * Side), a.Slice(Side * Side, Side * Side), b.Slice(0, Side * Side))),
            Time("pi, 64 ranges of 2^18 blocks", 2.0 * 64 * (1 << 18), "points", null, () => stream.CountPiInside(0, 64L << 18, 1 << 18, 1, counts)),
            Time("price, 64 ranges of 2^9 indices", 2.0 * 64 * (1 << 9), "paths", null,
            () => stream.SumPrices(MonteCarloChecks.Asian, 0, 64 << 9, 1 << 9, sums)),
        ];

        // The first run compiles and fills the pools.
        Timing Time(string name, double work, string unit, double? limit, Action operation)
        {
            var seconds = new double[Repetitions];
            for (var i = -1; i < Repetitions; i++)
            {
                stream.Synchronize();
                var started = Stopwatch.GetTimestamp();
                operation();
                stream.Synchronize();
                if (i >= 0) seconds[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
            }

            Array.Sort(seconds);
            return new Timing(name, work / seconds[Repetitions / 2], unit, limit);
        }
    }
}
