using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;
using CsCheck;

namespace Cluster.Protocol.Tests;

/// <summary>What a chain of commits keeps and deletes, against a list of all that was ever written.</summary>
public sealed class CheckpointPolicyTests
{
    private static readonly Generation First = new(1, 7);

    [Fact]
    public void Follow_NothingKept_NamesAsTheTwoBefore()
    {
        var chain = Commit(CheckpointPolicy.None, [10, 20, 30, 40]);

        Assert.All(chain, manifest => Assert.Empty(manifest.Checkpoints));
        Assert.Equal(Keys(30), chain[3].Previous);
        Assert.Equal(Keys(20), chain[3].Expired);
    }

    [Fact]
    public void Follow_OneTooMany_LetsTheOldestGoOneCommitLater()
    {
        var chain = Commit(new CheckpointPolicy(10, 2), [10, 15, 20, 30, 35, 40]);

        Assert.Equal([10, 20], Clocks(chain[2]));
        Assert.Equal([20, 30], Clocks(chain[3]));
        Assert.Equal(Keys(10), chain[3].Previous);
        Assert.Equal(Keys(10), chain[4].Expired);
        Assert.Empty(chain[4].Previous);
        Assert.Equal([30, 40], Clocks(chain[5]));
    }

    /// <summary>Whatever is committed: the newest due ones are kept, nothing that is named is deleted, everything else is deleted once,
    /// one commit after it was dropped.</summary>
    [Fact]
    public void Follow_AnyCommits_KeepsTheNewestAndDeletesTheRestOnce() =>
        Gen.Select(Gen.Long[0, 6], Gen.Int[0, 4], Gen.Long[1, 5].Array[1, 30]).Sample((every, keep, steps) =>
        {
            var policy = new CheckpointPolicy(every, keep);
            long[] clocks = [.. steps.Select((_, i) => steps.Take(i + 1).Sum())];
            var chain = Commit(policy, clocks);
            var alive = new HashSet<SnapshotKey>();
            for (var i = 0; i < chain.Length; i++)
            {
                var manifest = chain[i];
                alive.UnionWith(manifest.Snapshots);
                long[] due = [.. clocks.Take(i + 1).Where(clock => every > 0 && clock % every == 0)];
                Assert.Equal(due.TakeLast(keep), Clocks(manifest));
                SnapshotKey[] named = [.. manifest.Snapshots, .. manifest.Checkpoints.SelectMany(checkpoint => checkpoint.Snapshots)];
                Assert.Subset(alive, new HashSet<SnapshotKey>(named.Concat(manifest.Previous)));
                Assert.Empty(manifest.Expired.Intersect([.. named, .. manifest.Previous]));
                foreach (var key in manifest.Expired) Assert.True(alive.Remove(key), $"{key.Clock} is deleted twice");
                Assert.Equal([.. named.Concat(manifest.Previous).Select(key => key.Clock).Distinct().Order()],
                    alive.Select(key => key.Clock).Distinct().Order());
            }
        });

    private static CommitManifest[] Commit(CheckpointPolicy policy, long[] clocks)
    {
        var chain = new List<CommitManifest>();
        foreach (var clock in clocks)
        {
            chain.Add(policy.Follow(chain.LastOrDefault(), new CommitManifest
            {
                Generation = First,
                Clock = clock,
                Examples = 3 * clock,
                Snapshots = Keys(clock),
                Previous = [],
                Expired = [],
            }));
        }

        return [.. chain];
    }

    private static long[] Clocks(CommitManifest manifest) => [.. manifest.Checkpoints.Select(checkpoint => checkpoint.Clock)];

    private static SnapshotKey[] Keys(long clock) => [.. Enumerable.Range(0, 2).Select(task => new SnapshotKey("job", task, First, 21, clock))];
}
