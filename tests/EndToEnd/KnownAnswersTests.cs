using Cluster.Support.Processes;

namespace Cluster.EndToEnd;

/// <summary>Exact counts from worker processes on real servers.</summary>
public sealed class KnownAnswersTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private static readonly (ulong Seed, long Points, long Inside)[] Published =
    [
        (42, 2000, 1572),
        (42, 1L << 21, 1_647_312),
        (42, 1L << 24, 13_175_839),
        (0, 1L << 21, 1_646_914),
    ];

    [Fact(Timeout = TestLimit)]
    public async Task RunPi_KnownAnswers_AreExactWithAnyNumberOfWorkers()
    {
        var cluster = await StartClusterAsync(new TestClusterOptions(Workers: 5));
        foreach (var workers in (int[])[5, 2, 1])
        {
            foreach (var surplus in cluster.Workers.Skip(workers).Take((await cluster.WorkerTasksAsync(Ct)).Length - workers)) await surplus.StopAsync(Ct);
            Assert.Equal(workers, (await cluster.WorkerTasksAsync(Ct)).Length);
            foreach (var (seed, points, inside) in Published)
            {
                var result = await RunPiAsync(cluster, points, seed);

                Assert.Equal((inside, points, seed), (result.Inside, result.Points, result.Seed));
                Assert.Equal(4.0 * inside / points, result.Pi);
            }
        }
    }

    [Fact(Timeout = TestLimit)]
    public async Task RunPi_AnyNumberOfBlocks_EqualsTheDefinition()
    {
        const ulong seed = 0x9E3779B97F4A7C15;
        var cluster = await ShareClusterAsync(new TestClusterOptions());

        foreach (var blocks in (long[])[1, 2, 3, 1_000_001])
            Assert.Equal(PiOracle.ByDefinition(blocks, seed), (await RunPiAsync(cluster, 2 * blocks, seed)).Inside);

        var odd = await RunPiAsync(cluster, 5, seed);
        Assert.Equal((6, PiOracle.ByDefinition(3, seed)), (odd.Points, odd.Inside));
        Assert.NotEqual((await RunPiAsync(cluster, 1 << 21, 1)).Inside, (await RunPiAsync(cluster, 1 << 21, 2)).Inside);
    }
}
