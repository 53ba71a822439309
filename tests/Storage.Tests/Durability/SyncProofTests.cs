using Cluster.Storage.Durability;
using CsCheck;

namespace Cluster.Storage.Tests.Durability;

public sealed class SyncProofTests
{
    private const int LookPeriod = 100;
    private const int Looks = 600;

    // Milliseconds.
    private static readonly int[] LongestSyncs = [1, 50, 800, 1500, 4000];
    private static readonly double[] RewritesPerSecond = [0, 0.2, 2];

    private static readonly Gen<(int Seed, int LongestSync, double Rewrites)> Redis = Gen.Select(
        Gen.Int[0, int.MaxValue], Gen.Int[0, 4].Select(i => LongestSyncs[i]), Gen.Int[0, 2].Select(i => RewritesPerSecond[i]));

    [Fact]
    public void Add_AnyDisk_IsCompleteOnlyWhenTheWriteIsOnDisk() => Redis.Sample(
        redis =>
        {
            var file = New(redis);
            file.Mark();
            return !Prove(file) || file.IsMarkOnDisk;
        },
        iter: 20_000);

    [Fact]
    public void Add_DiskThatSyncsWithinASecond_IsComplete() => Redis.Where(redis => redis is { LongestSync: <= 800, Rewrites: 0 }).Sample(
        redis =>
        {
            var file = New(redis);
            file.Mark();
            return Prove(file);
        },
        iter: 2_000);

    [Fact]
    public void Pending_NoSync_ProvesNothing()
    {
        // A look that finds no sync under way right after the write: what this would take for a proof is none.
        var wrong = Enumerable.Range(0, 1000).Count(seed =>
        {
            var file = New((seed, 50, 0));
            file.Mark();
            return !file.Look().IsSyncing && !file.IsMarkOnDisk;
        });

        Assert.True(wrong > 100, $"{wrong}");
    }

    [Fact]
    public void Add_Rewrite_BeginsAnew()
    {
        var proof = new SyncProof();

        bool[] complete = [.. new SyncLook[]
        {
            new(10, false, false, 0), new(11, false, false, 0), new(11, false, false, 0),
            new(11, false, true, 1), new(12, false, true, 1), new(13, false, false, 1),
            new(14, false, false, 1), new(14, false, false, 1), new(14, true, false, 1), new(14, false, false, 1),
        }.Select(proof.Add)];

        Assert.Equal([.. Enumerable.Repeat(false, 9), true], complete);
    }

    private static SimulatedAppendOnlyFile New((int Seed, int LongestSync, double Rewrites) redis)
    {
        var random = new Random(redis.Seed);
        var file = new SimulatedAppendOnlyFile(random, redis.LongestSync, redis.Rewrites);
        file.Pass(random.Next(5000));
        return file;
    }

    private static bool Prove(SimulatedAppendOnlyFile file)
    {
        var proof = new SyncProof();
        for (var look = 0; look < Looks; look++)
        {
            if (proof.Add(file.Look())) return true;
            file.Pass(LookPeriod);
        }

        return false;
    }
}
